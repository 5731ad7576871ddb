// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// `lms dev` as `make run` starts it: real processes, a PostgreSQL of its own, kills.
@Suite struct DevelopmentRunTests {
    @Test(.timeLimit(.minutes(3)))
    func `it serves from nothing, survives a killed database and server, and finds its data again`() async throws {
        let place = try DevelopmentSite()
        defer { place.remove() }
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
        let serve = try Program.lms(["serve"], ["DATABASE_URL": url, "LMS_HTTP_PORT": "0"], in: here)
        #expect(serve.end() != 0)
        #expect(serve.text.contains("DATABASE_URL"))
        #expect(serve.text.contains(hint), "\(serve.text)")
    }

    @Test func `a database that nobody answers for is said with its address and without its password`() throws {
        let port = try PeerPrograms.freePort()
        let url = "postgres://lms_directory:secret@127.0.0.1:\(port)/lms"
        let settings = ["DATABASE_URL": url, "LMS_MASTER_KEY": String(repeating: "k", count: 43)]
        let serve = try Program.lms(["serve"], settings)
        #expect(serve.end() != 0)
        #expect(serve.text.contains("\(port)"), "\(serve.text)")
        #expect(!serve.text.contains("secret"))
    }
}
