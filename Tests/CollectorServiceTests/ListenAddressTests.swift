import CollectorSettings
import Testing

@Suite("Listen addresses") struct ListenAddressTests {
    @Test(
        "An address reads as it is written",
        arguments: [
            "127.0.0.1:8080", "localhost:0", "[::1]:443", "collector.example:65535", "0.0.0.0:1", "[fe80::1%eth0]:9",
            "unix:/run/dither/collector.sock", "unix:/with a space:80",
        ])
    func sound(_ text: String) {
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(
        "What is no host with a port is refused",
        arguments: [
            "", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "::1:80",
            "[::1]", "[]:80", "[localhost]:80", "http://localhost:80", "a b:80", "127.0.0.1:８0",
            "unix:", "unix:run/x.sock", "unix:/run/", "unix:@x", "unix:/\(String(repeating: "x", count: 107))",
        ])
    func refused(_ text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("Only a Unix socket and the loopback interface are of this machine alone")
    func locality() {
        for text in ["unix:/run/x.sock", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"] {
            #expect(ListenAddress(text)?.isLocal == true, "\(text)")
        }
        for text in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "127.0.0.1.example:1", "127.example.0.1:1", "[::ffff:1]:1"] {
            #expect(ListenAddress(text)?.isLocal == false, "\(text)")
        }
    }

    @Test("A picked port takes the place of the one that was given, and a socket has none")
    func pickedPort() {
        #expect(ListenAddress("[::1]:0")?.withPort(80).url(scheme: "http") == "http://[::1]:80")
        #expect(ListenAddress("unix:/x")?.withPort(nil).url(scheme: "http") == "unix:/x")
    }
}
