// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// `lms operators …` as somebody at the server runs it.
@Suite struct OperatorCommandsTests {
    @Test(.timeLimit(.minutes(2)))
    func `an operator is made, listed, kept out, let in and given new secrets, with clear words`() async throws {
        let installation = try await TestInstallation.shared
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }  // it may not have been made
        try Data("commands \(Base64URL.encode(Array(0..<32) as [UInt8]))\n".utf8).write(to: file)
        let email = "op-\(UUID().uuidString.lowercased())@example.org"
        func run(_ words: String...) throws -> (text: String, status: Int32) {
            try Program.lms(["operators"] + words, over: installation, masterKeys: file)
        }
        let made = try run("create", "--email", email, "--name", "Support, first line")
        #expect(
            made.status == 0 && made.text.contains("password: ") && made.text.contains("otpauth://totp/"),
            "\(made.text)"
        )
        let twice = try run("create", "--email", email, "--name", "Support, first line")
        #expect(twice.status != 0 && twice.text.contains("is an operator already"), "\(twice.text)")
        let wrong = try run("create", "--email", email, "--name", "x", "--role", "king")
        #expect(wrong.status != 0 && wrong.text.contains("operator, support, auditor"), "\(wrong.text)")
        #expect(try line(of: email, in: run("list").text).contains("support  active  never signed in"))
        #expect(try run("disable", "--email", email).text.contains("is disabled"))
        #expect(try line(of: email, in: run("list").text).contains("disabled"))
        #expect(try run("enable", "--email", email).text.contains("may sign in"))
        let reset = try run("reset", "--email", email)
        #expect(reset.status == 0 && reset.text.contains("otpauth://totp/") && reset.text != made.text)
        let unknown = try run("disable", "--email", "nobody-\(email)")
        #expect(unknown.status != 0 && unknown.text.contains("lms operators list"), "\(unknown.text)")
    }

    private func line(of email: String, in text: String) throws -> String {
        String(try #require(text.split(separator: "\n").first { $0.contains(email) }))
    }
}
