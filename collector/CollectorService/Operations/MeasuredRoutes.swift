internal import HTTPTypes
package import Hummingbird
internal import ReportFormat

/// Counts the requests of senders on their way to the routes and back.
package struct MeasuredRoutes<Routes: HTTPResponder>: HTTPResponder {
    private let routes: Routes
    private let figures: IngestFigures

    package init(_ routes: Routes, figures: IngestFigures) { (self.routes, self.figures) = (routes, figures) }

    package func respond(to request: Request, context: Routes.Context) async throws -> Response {
        figures.begin()
        do {
            let response = try await routes.respond(to: request, context: context)
            let isUpload = request.method == .post && request.uri.path == UploadRoute.path
            let announced = isUpload ? request.headers[.contentLength].flatMap { Int($0) } : nil
            // Whatever is announced, one request must not outweigh all others in the sum.
            let bodyByteCount = announced.map { min(max(0, $0), WireLimits.batchByteCount + 1) }
            figures.end(status: response.status.code, bodyByteCount: bodyByteCount)
            return response
        } catch {
            // The connection broke off: nothing was answered.
            figures.end(status: 0, bodyByteCount: nil)
            throw error
        }
    }
}
