// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport

/// A directory in which `lms dev` is run as `make run` does, with one tenant, Acme, and a PostgreSQL of its own.
struct DevelopmentSite {
    let directory: URL
    let port: UInt16

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "lms-dev-\(UUID().uuidString)")
        let acme = directory.appending(path: "tenants/acme")
        try FileManager.default.createDirectory(at: acme, withIntermediateDirectories: true)
        let declaration = """
            {"slug": "acme", "name": "Acme", "settings": {"selfRegistration": true},
             "people": [{"email": "owner@acme.example", "name": "Owner", "role": "owner"}]}
            """
        try Data(declaration.utf8).write(to: acme.appending(path: "tenant.json"))
        port = try PeerPrograms.freePort()
    }

    /// Starts a command there, the supervisor of everything unless another is said.
    func start(_ command: String...) throws -> Program {
        let settings = [
            "LMS_HTTP_PORT": "\(port)", "LMS_DATA_DIR": "data", "LMS_METRICS_PORT": "0", "LMS_SPARE_TENANTS": "1",
            "LMS_RATE_LIMITS": "off",
        ]
        return try Program.lms(command.isEmpty ? ["dev"] : command, settings, in: directory)
    }

    /// Removes the directory, or leaves it in the temporary one if that fails.
    func remove() { try? FileManager.default.removeItem(at: directory) }

    func get(_ path: String) -> String { RawHTTP.get(path, host: "acme.localhost", port: port) }

    /// The process that a file of the data directory names.
    func postmaster() throws -> Int32 {
        let file = directory.appending(path: "data/postgres/postmaster.pid")
        let text = try String(contentsOf: file, encoding: .utf8)
        guard let pid = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
            throw TestFailure("no process")
        }
        return pid
    }

    /// The file that tells the logins of those whom the declaration names: tenant, role, address and password.
    func logins() throws -> String {
        try String(contentsOf: directory.appending(path: "data/demo-logins.txt"), encoding: .utf8)
    }

    /// Asks until a reply is as wanted, for a minute at most.
    func ask(_ path: String, until isWanted: (String) -> Bool) throws -> String {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let reply = get(path)
            if isWanted(reply) { return reply }
        }
        throw TestFailure("no such reply in a minute; the last one was \(get(path))")
    }

    /// Sends a request to Acme.
    func send(_ method: String, _ path: String, token: String? = nil, json: String? = nil) throws -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: acme.localhost:\(port)", "Connection: close"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let json { lines += ["Content-Type: application/json", "Content-Length: \(json.utf8.count)"] }
        return try Answer(RawHTTP.exchange(lines.joined(separator: "\r\n") + "\r\n\r\n" + (json ?? ""), with: port))
    }

    /// What came back.
    struct Answer {
        let status: Int
        let body: [UInt8]

        fileprivate init(_ reply: [UInt8]) throws {
            guard let end = reply.firstRange(of: Array("\r\n\r\n".utf8)) else { throw TestFailure("no reply") }
            let head = String(decoding: reply[..<end.lowerBound], as: UTF8.self)
            guard let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
                throw TestFailure("no status: \(head)")
            }
            self.status = status
            body = Array(reply[end.upperBound...])
        }

        /// The body, of a reply that is a success.
        func json() throws -> JSONValue {
            guard (200..<300).contains(status) else { throw TestFailure("\(status) \(text)") }
            return try JSONValue.parse(body)
        }

        var text: String { String(decoding: body, as: UTF8.self) }
    }
}
