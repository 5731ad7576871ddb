// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

/// Secrets that are planted wherever one can enter, and then looked for in a dump of the database, the log and replies.
@Suite struct PlantedSecretsTests {
    @Test func `attack: a dump of the database, the log and the error bodies hold no planted secret`() async throws {
        try await withTenant { tenant in
            var settings = TestHost.quiet
            settings.isLogging = true
            let host = try await PlatformHost(serving: settings)
            let world = PlantedWorld(host: host, tenant: tenant)
            for plant in PlantedSecret.all { try await plant.plant(world) }
            try await world.fail()
            try await host.platform.lms.audit.flush(.all, tenants: tenant.tenants)

            let dump = try await Dump.of(tenant)
            let log = String(decoding: host.pipeline.recorder.takeLog(), as: UTF8.self)
            #expect(dump.contains("audit_events") && log.contains("/auth/login"))
            // What is looked for in is what was planted in: the person is there.
            #expect(dump.contains("planted@example.org"))
            #expect(world.secrets.count >= PlantedSecret.all.count)
            for (name, secret) in world.secrets {
                for form in Forms.of(secret) {
                    #expect(!dump.contains(form), "\(name) is in the dump")
                    #expect(!log.contains(form), "\(name) is in the log")
                    #expect(!world.errors.contains { $0.contains(form) }, "\(name) is in an error body")
                }
            }
        }
    }

    @Test func `a secret that is stored as it is would be found, in each form`() async throws {
        try await withTenant { tenant in
            let secret = Array("planted-\(UUID().uuidString)".utf8)
            let forms = [
                String(decoding: secret, as: UTF8.self), secret.hexadecimal,
                "x" + Data([1] + secret).base64EncodedString(), "y" + Base64URL.encode([1, 2] + secret + [3]),
            ]
            for form in forms {
                #expect(Forms.of(secret).contains { form.contains($0) }, "\(form)")
            }
            try await tenant.transaction { session in
                try await session.execute(
                    """
                    INSERT INTO idempotency_keys (actor, key, fingerprint, created_at)
                    VALUES (\(UUID()), 'planted', \(Bytes(secret)), now())
                    """
                )
            }
            let dump = try await Dump.of(tenant)
            #expect(Forms.of(secret).contains { dump.contains($0) })
        }
    }
}

/// What a secret may look like where it must not be.
enum Forms {
    /// As text, in hexadecimal, and in both kinds of base 64 at each of the three places that it can begin at.
    static func of(_ secret: [UInt8]) -> [String] {
        var forms = [secret.hexadecimal, secret.hexadecimal.uppercased()]
        if let text = String(validating: secret, as: UTF8.self) { forms.append(text) }
        for shift in 0..<3 {
            // The digits that hold nothing but the secret's bits.
            let encoded = Data(Array(repeating: 0, count: shift) + secret).base64EncodedString()
            let digits = encoded.prefix { $0 != "=" }.dropFirst(shift == 0 ? 0 : shift + 1).dropLast()
            forms.append(String(digits))
            forms.append(String(digits).replacing("+", with: "-").replacing("/", with: "_"))
        }
        return forms
    }
}

/// A dump of everything that a tenant and the installation have.
enum Dump {
    static func of(_ tenant: TestTenant) async throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "dump-\(UUID().uuidString).sql")
        defer { try? FileManager.default.removeItem(at: file) }  // it may not have been made
        let dump = try Program.run(
            try program(),
            [
                "--dbname=\(try tenant.installation.superuserURL())", "--file=\(file.path)", "--schema=control",
                "--schema=cell", "--schema=\(tenant.tenant.placement.schema)",
            ]
        )
        guard dump.status == 0 else { throw TestFailure("pg_dump failed") }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    private static func program() throws -> String {
        let versions = "/usr/lib/postgresql"
        let installed = try FileManager.default.contentsOfDirectory(atPath: versions)
            .sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
            .map { "\(versions)/\($0)/bin/pg_dump" }
        guard let found = installed.first(where: FileManager.default.isExecutableFile) else {
            throw TestFailure("no pg_dump")
        }
        return found
    }
}
