// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy

/// `GET /courses`: the catalog of the tenant that the Host header names, in as little HTTP as a client needs.
///
/// It stands for the server that an integrator has already. A thread accepts, a thread reads each request, and a task, on
/// whatever executor, asks LMSKit.
final class CourseServer: Sendable {
    private let listener: TCPSocket
    private let installation: Installation

    /// Starts to accept on a free port of this machine.
    init(_ installation: Installation) throws {
        listener = try .listening()
        self.installation = installation
        Thread.detachNewThread { [self] in
            while let connection = listener.accept() {
                Thread.detachNewThread { self.serve(connection) }
            }
        }
    }

    var port: UInt16 { listener.port }

    /// Stops accepting.
    func stop() { listener.shutdown() }

    private func serve(_ connection: TCPSocket) {
        let request = Request(head: connection.readHead())
        Task {
            let reply = await answer(request)
            connection.write(reply.text)
            connection.shutdown()
        }
    }

    private func answer(_ request: Request) async -> Reply {
        guard request.target == "GET /courses" else { return Reply(status: "404 Not Found") }
        do {
            let tenant = try await installation.resolution.resolve(host: request.host, header: nil)
            let reader = installation.tenants.reader(for: tenant.id, as: .anonymous)
            let catalog = try await installation.courses.list(reader: reader)
            return Reply(status: "200 OK", courses: catalog.page.items)
        } catch let error as TenantResolutionError where error == .unknown || error == .unnamed {
            return Reply(status: "404 Not Found")
        } catch {
            return Reply(status: "503 Service Unavailable")
        }
    }
}

/// The two parts of a request that the server looks at.
private struct Request {
    /// The method and the path.
    let target: String
    /// The Host header without the port.
    let host: String

    init(head: String) {
        let lines = head.split(separator: "\r\n")
        target = lines.first?.split(separator: " ").prefix(2).joined(separator: " ") ?? ""
        let field = lines.first { $0.lowercased().hasPrefix("host:") }?.dropFirst(5) ?? ""
        host = field.trimmingCharacters(in: .whitespaces).split(separator: ":").first.map(String.init) ?? ""
    }
}

/// A reply with the titles of courses.
private struct Reply {
    let text: String

    init(status: String, courses: [Course] = []) {
        var json = JSONWriter()
        json.object { object in object.field("items", courses.map(CourseBody.init(course:))) }
        text = """
            HTTP/1.1 \(status)\r
            Content-Type: application/json\r
            Content-Length: \(json.bytes.count)\r
            Connection: close\r
            \r
            \(String(decoding: json.bytes, as: UTF8.self))
            """
    }
}

/// What the server tells about a course.
private struct CourseBody: JSONWritable {
    let course: Course

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", course.id)
            object.field("title", course.title)
        }
    }
}
