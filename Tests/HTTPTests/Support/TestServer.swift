// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSEventLoop
import LMSHTTP
import Testing

/// The loops of the tests; their threads live as long as the process.
enum Loops {
    static let shared: (servers: EventLoopGroup, clients: EventLoopGroup) = {
        do {
            return (try EventLoopGroup(count: 2, name: "server"), try EventLoopGroup(count: 3, name: "client"))
        } catch {
            preconditionFailure("no event loops: \(error)")
        }
    }()

    static var clients: EventLoop { shared.clients.next() }
    static var servers: EventLoopGroup { shared.servers }
}

/// Runs a server for the time of a closure.
func withServer<R>(
    _ configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    handler: @escaping HTTPHandler = Handlers.echo,
    _ body: (HTTPServer) async throws -> R
) async throws -> R {
    var configuration = HTTPServerConfiguration()
    configuration.port = 0
    configure(&configuration)
    let server = HTTPServer(configuration: configuration, group: Loops.servers, handler: handler)
    try server.start()
    let result: R
    do {
        result = try await body(server)
    } catch {
        await server.shutdown(deadline: .zero)
        throw error
    }
    await server.shutdown(deadline: .zero)
    return result
}

enum Handlers {
    /// Answers with method, path, query and body.
    static let echo: HTTPHandler = { request in
        var response = HTTPResponse(status: .ok)
        response.fields.append(.contentType, "text/plain")
        do throws(HTTPBodyError) {
            let body = try await request.body.collect(limit: 1_000_000)
            let start = "\(request.method) \(request.path) \(request.query ?? "-") \(request.authority) "
            response.body = .bytes(Array(start.utf8) + body)
        } catch {
            response.status = error.status
        }
        return response
    }
}

/// Counts responses, by their final status lines.
func responses(in text: String) -> Int {
    text.components(separatedBy: "HTTP/1.1 ").dropFirst().count
}

extension String {
    func components(separatedBy separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        parts.append(rest)
        return parts
    }
}
