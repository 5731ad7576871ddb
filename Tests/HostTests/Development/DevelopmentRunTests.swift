// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// `lms dev` as `make run` starts it: real processes, a PostgreSQL of its own, kills.
@Suite struct DevelopmentRunTests {
    private struct Place {
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
            port = try RawHTTP.freePort()
        }

        func start() throws -> LMSProcess {
            let settings = [
                "LMS_HTTP_PORT": "\(port)", "LMS_DATA_DIR": "data", "LMS_METRICS_PORT": "0", "LMS_SPARE_TENANTS": "1",
                "LMS_RATE_LIMITS": "off",
            ]
            return try LMSProcess(["dev"], settings, in: directory)
        }

        func get(_ path: String) -> String { RawHTTP.get(path, host: "acme.localhost", port: port) }

        /// The process that a file of the data directory names.
        func postmaster() throws -> Int32 {
            let file = directory.appending(path: "data/postgres/postmaster.pid")
            let text = try String(contentsOf: file, encoding: .utf8)
            return try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
        }

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
    }

    @Test(.timeLimit(.minutes(3)))
    func `it serves from nothing, survives a killed database and server, and finds its data again`() async throws {
        let place = try Place()
        defer { try? FileManager.default.removeItem(at: place.directory) }
        let first = try place.start()
        try await first.wait(for: "Listening on port")
        #expect(place.get("/api/v1/tenant").contains(#""slug":"acme""#))
        let logins = try place.logins()
        #expect(logins.contains("owner@acme.example"))
        try await first.wait(for: logins)

        let second = try place.start()
        #expect(second.end() == 1)
        #expect(second.text.contains("Port \(place.port) is in use"))
        #expect(second.text.contains("LMS_HTTP_PORT"))

        // Without its supervisor the database stays down for as long as it takes to see that.
        first.pause()
        kill(try place.postmaster(), SIGQUIT)
        let refused = try place.ask("/api/v1/courses?limit=1") { $0.hasPrefix("HTTP/1.1 503") }
        #expect(refused.contains("DATABASE_UNAVAILABLE"))
        #expect(refused.lowercased().contains("retry-after: "))
        first.resume()
        let recovered = try place.ask("/api/v1/courses?limit=1") { $0.hasPrefix("HTTP/1.1 200") }
        #expect(recovered.contains(#""items":[]"#))

        #expect(first.stop() == 0)
        #expect(place.get("/api/v1/tenant").isEmpty)
        let again = try place.start()
        try await again.wait(for: "Listening on port")
        #expect(again.text.contains("acme: unchanged"))
        #expect(again.text.contains(logins))
        #expect(try place.logins() == logins)
        #expect(again.stop() == 0)
    }

    @Test(
        arguments: [
            ("mysql://localhost/lms", "postgres://"), ("postgres://localhost:notaport/lms", "port"),
            ("nonsense", "postgres://"),
        ]
    )
    func `a bad DATABASE_URL is refused with what to write instead`(url: String, hint: String) throws {
        let here = FileManager.default.temporaryDirectory
        let serve = try LMSProcess(["serve"], ["DATABASE_URL": url, "LMS_HTTP_PORT": "0"], in: here)
        #expect(serve.end() != 0)
        #expect(serve.text.contains("DATABASE_URL"))
        #expect(serve.text.contains(hint), "\(serve.text)")
    }

    @Test func `a database that nobody answers for is said with its address and without its password`() throws {
        let port = try RawHTTP.freePort()
        let url = "postgres://lms_directory:secret@127.0.0.1:\(port)/lms"
        let settings = ["DATABASE_URL": url, "LMS_MASTER_KEY": String(repeating: "k", count: 43)]
        let serve = try LMSProcess(["serve"], settings, in: FileManager.default.temporaryDirectory)
        #expect(serve.end() != 0)
        #expect(serve.text.contains("\(port)"), "\(serve.text)")
        #expect(!serve.text.contains("secret"))
    }
}
