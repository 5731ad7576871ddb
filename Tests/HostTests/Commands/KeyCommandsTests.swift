// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// `lms keys …` and `lms audit verify` as an operator runs them, beside a process that serves.
@Suite struct KeyCommandsTests {
    @Test(.timeLimit(.minutes(2)))
    func `an operator rotates keys, changes the master key and has the log checked, with clear words`() async throws {
        try await withTenant { tenant in
            let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: file) }  // it may not have been made
            let (old, new) = (Array(repeating: UInt8(42), count: 32), Array(0..<32) as [UInt8])
            let lines = "# keys\nnew \(Base64URL.encode(new))\n1 \(Base64URL.encode(old))\n"
            try Data(lines.utf8).write(to: file)
            let slug = tenant.tenant.slug.description
            func run(_ words: String...) throws -> (text: String, status: Int32) {
                try Program.lms(words, over: tenant.installation, masterKeys: file)
            }
            let serving = try await ServingProcess(over: tenant)
            defer { _ = serving.process.stop() }
            let session = try serving.register("ada", at: tenant)

            #expect(try run("keys", "list", "--tenant", slug).text.contains("under 1"))
            let signing = try run("keys", "rotate-signing", "--tenant", slug)
            #expect(signing.status == 0 && signing.text.contains("signs from"), "\(signing.text)")
            let data = try run("keys", "rotate-tenant", "--tenant", slug)
            #expect(
                data.status == 0 && data.text.contains("signing_keys.sealed_private_key: 2 sealed anew"),
                "\(data.text)"
            )
            let rewrapped = try run("keys", "rewrap", "--tenant", slug)
            #expect(rewrapped.status == 0 && rewrapped.text.contains("1 sealed anew, 0 left"), "\(rewrapped.text)")
            let list = try run("keys", "list", "--tenant", slug)
            #expect(list.text.contains(" next") && list.text.contains(" current"), "\(list.text)")
            #expect(!list.text.contains("under 1,") && list.text.contains("under new,"))

            let me = try serving.send("GET", "/api/v1/auth/me", to: tenant, token: session.access)
            #expect(me.status == 200)
            let sound = try run("audit", "verify", "--tenant", slug)
            #expect(sound.status == 0 && sound.text.contains("End: "), "\(sound.text)")
            let wrong = try run(
                "audit",
                "verify",
                "--tenant",
                slug,
                "--expect",
                "1:\(String(repeating: "00", count: 32))"
            )
            #expect(wrong.status == 1 && wrong.text.contains("WRONG: anchor_mismatch at 1"), "\(wrong.text)")
        }
    }
}
