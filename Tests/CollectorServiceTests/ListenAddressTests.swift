import CollectorSettings
import Testing

@Suite("Listen addresses") struct ListenAddressTests {
    @Test(
        "An address reads as it is written",
        arguments: [
            "127.0.0.1:8080", "localhost:0", "[::1]:443", "collector.example:65535", "0.0.0.0:1", "[fe80::1%eth0]:9",
        ])
    func sound(_ text: String) {
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(
        "What is no host with a port is refused",
        arguments: [
            "", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "::1:80",
            "[::1]", "[]:80", "[localhost]:80", "http://localhost:80", "a b:80", "127.0.0.1:８0",
        ])
    func refused(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
