// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation

/// Asks the server over a connection of its own, as somebody else's program would.
struct Client {
    let port: UInt16

    /// What came back.
    struct Answer: CustomStringConvertible {
        let status: Int
        let titles: [String]

        var description: String { "\(status) \(titles)" }
    }

    /// Sends a GET and reads until the server closes.
    func get(_ path: String, host: String) async throws -> Answer {
        let port = port
        // Reading blocks, so it has a thread that is not the task's.
        let reply = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let connection = try TCPSocket.connected(to: port)
                        connection.write("GET \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\n\r\n")
                        return connection.readAll()
                    }
                )
            }
        }
        let status = reply.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let body = reply.range(of: "\r\n\r\n").map { String(reply[$0.upperBound...]) } ?? ""
        let list = try JSONDecoder().decode(List.self, from: Data(body.utf8))
        return Answer(status: status, titles: list.items.map(\.title))
    }

    private struct List: Decodable {
        struct Item: Decodable {
            let title: String
        }

        let items: [Item]
    }
}
