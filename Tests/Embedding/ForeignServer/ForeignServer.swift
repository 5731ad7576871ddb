// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy

/// LMSKit in a server that is not ours: its own accept loop over plain sockets, our driver for PostgreSQL, two tenants.
///
/// Needs a superuser's URL in `LMS_TEST_DATABASE_URL`; makes a database of its own there and drops it at the end.
@main
struct ForeignServer {
    static func main() async throws {
        guard let url = ProcessInfo.processInfo.environment["LMS_TEST_DATABASE_URL"] else {
            print("Set LMS_TEST_DATABASE_URL to a superuser's URL, or run scripts/embedding.")
            exit(64)
        }
        let setup = try await Setup(superuserURL: url)
        try await setup.install()
        let installation = try Installation(setup)
        let broken = try await serve(installation)
        installation.close()
        try await setup.remove()
        guard broken.isEmpty else {
            print("BROKEN: \(broken.joined(separator: "; "))")
            exit(1)
        }
        print("both tenants were served their own courses and nothing else")
    }

    /// Signs two tenants up, serves them, and asks as a client.
    ///
    /// - Returns: What was not as it should be.
    private static func serve(_ installation: Installation) async throws -> [String] {
        let acme = try await installation.signUp("acme", name: "Acme")
        let globex = try await installation.signUp("globex", name: "Globex")
        try await installation.publish("Anvils for beginners", in: acme)
        try await installation.publish("Weather, controlled", in: globex)

        let server = try CourseServer(installation)
        defer { server.stop() }
        let client = Client(port: server.port)
        let forAcme = try await client.get("/courses", host: "acme.localhost")
        let forGlobex = try await client.get("/courses", host: "globex.localhost")
        let forNobody = try await client.get("/courses", host: "nobody.localhost")
        print("acme:   \(forAcme)\nglobex: \(forGlobex)\nnobody: \(forNobody)")

        var broken: [String] = []
        func expect(_ claim: String, _ holds: Bool) { if !holds { broken.append(claim) } }
        expect("acme sees its course", forAcme.status == 200 && forAcme.titles == ["Anvils for beginners"])
        expect("globex sees its course", forGlobex.status == 200 && forGlobex.titles == ["Weather, controlled"])
        expect("a host without a tenant is not found", forNobody.status == 404 && forNobody.titles.isEmpty)
        expect("the server knows one path", try await client.get("/", host: "acme.localhost").status == 404)
        let escapes = try await installation.escapes(from: acme, to: globex)
        expect("PostgreSQL refuses every escape: \(escapes)", escapes.isEmpty)
        return broken
    }
}
