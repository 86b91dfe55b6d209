internal import Foundation
internal import Hummingbird

/// What operators can have done: `POST /v1/reload` and `POST /v1/seal`.
struct OperatorActions: Sendable {
    let reloader: Reloader
    let store: any ReportStore
    let clock: CollectorClock

    private struct Reloaded: Encodable {
        var renewed: [String]
        /// What stays as it was, and why.
        var kept: [String]
    }

    private struct Sealed: Encodable {
        var chunks: Int
    }

    /// Rereads the files, as SIGHUP does. `{"kept":[…],"renewed":[…]}`: 200 if nothing had to be kept, else 409.
    func reload() async -> Response {
        let outcome = await reloader.reload()
        let answer = Reloaded(renewed: outcome.renewed, kept: outcome.kept.map(\.description))
        return Self.response(answer, status: outcome.kept.isEmpty ? .ok : .conflict)
    }

    /// Folds the staged reports of all days that are over into chunks, which the work of the next day would do for all but
    /// yesterday. `{"chunks":3}`
    func seal() async -> Response {
        var count = 0
        do throws(StoreError) {
            for group in try await store.stagedGroups(before: clock.today) {
                repeat { count += 1 } while try await store.sealChunk(of: group)
            }
        } catch { return ProblemDetails(error).response() }
        return Self.response(Sealed(chunks: count), status: .ok)
    }

    private static func response(_ answer: some Encodable, status: HTTPResponse.Status) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Safe because texts and numbers can always be encoded.
        let text = String(decoding: try! encoder.encode(answer), as: UTF8.self) + "\n"
        return Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
