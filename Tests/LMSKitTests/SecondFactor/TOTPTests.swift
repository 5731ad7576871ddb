// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import LMSTestSupport
import Testing

@testable import LMSKit

@Suite struct TOTPTests {
    private let secret = TOTP(Secret(Array("12345678901234567890".utf8)))

    @Test func `every value of RFC 4226 appendix D is made`() throws {
        let platform = try TestPlatform()
        for (count, code) in try vectors("rfc4226") {
            #expect(secret.code(at: count, platform.cryptography) == code)
        }
    }

    @Test func `every SHA-1 value of RFC 6238 appendix B is made`() throws {
        let platform = try TestPlatform()
        for (time, code) in try vectors("rfc6238") {
            let step = TOTP.step(at: Date(timeIntervalSince1970: Double(time)))
            #expect(secret.code(at: step, platform.cryptography, digits: 8) == code)
        }
    }

    @Test(arguments: [(-2, false), (-1, true), (0, true), (1, true), (2, false)])
    func `a clock may be off by one step and no more`(offset: Int, isGood: Bool) throws {
        let cryptography = try TestPlatform().cryptography
        let now = Date(timeIntervalSince1970: 1_800_000_015)
        let code = secret.code(at: TOTP.step(at: now) + offset, cryptography)
        #expect((secret.step(of: code, at: now, after: nil, cryptography) != nil) == isGood)
    }

    @Test func `a code of a step that was taken, or of one before it, is not good again`() throws {
        let cryptography = try TestPlatform().cryptography
        let now = Date(timeIntervalSince1970: 1_800_000_015)
        let step = TOTP.step(at: now)
        #expect(secret.step(of: secret.code(at: step, cryptography), at: now, after: step, cryptography) == nil)
        #expect(secret.step(of: secret.code(at: step - 1, cryptography), at: now, after: step, cryptography) == nil)
        #expect(secret.step(of: secret.code(at: step + 1, cryptography), at: now, after: step, cryptography) != nil)
    }

    @Test(arguments: ["", "1", "12345", "1234567", "abcdef", "１２３４５６"])
    func `what is no code is refused`(text: String) throws {
        let cryptography = try TestPlatform().cryptography
        #expect(secret.step(of: text, at: Date(), after: nil, cryptography) == nil)
    }

    @Test func `pyotp takes our codes and our URI, and we take those of pyotp`() throws {
        let cryptography = try TestPlatform().cryptography
        let totp = TOTP(Secret(cryptography.randomBytes(20)))
        let now = 1_800_000_015
        let uri = totp.uri(issuer: "Acme", account: "ada").reveal()
        let script = """
            import pyotp, sys
            t = pyotp.parse_uri(sys.argv[1])
            print(t.issuer, t.name, t.at(\(now)), t.verify(sys.argv[2], for_time=\(now)), sep="|")
            """
        let step = TOTP.step(at: Date(timeIntervalSince1970: Double(now)))
        let ours = totp.code(at: step, cryptography)
        let reply = try python(script, uri, ours).split(separator: "|").map(String.init)
        #expect(reply == ["Acme", "ada", ours, "True"])
        let theirs = try #require(reply.dropFirst(2).first)
        let instant = Date(timeIntervalSince1970: Double(now))
        #expect(totp.step(of: theirs, at: instant, after: nil, cryptography) == step)
    }

    @Test func `an organization's name and an address are encoded in the URI`() {
        let uri = secret.uri(issuer: "Acme & Söhne", account: "ada@example.org").reveal()
        #expect(uri.hasPrefix("otpauth://totp/Acme%20%26%20S%C3%B6hne:ada%40example.org?secret="))
        #expect(uri.contains("&issuer=Acme%20%26%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"))
    }

    private func python(_ script: String, _ arguments: String...) throws -> String {
        let environment = ["PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"]
        return try Program.run(
            "/usr/bin/python3",
            ["-c", script] + arguments,
            environment: environment,
            hasErrors: false
        )
        .text
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func vectors(_ name: String) throws -> [(Int, String)] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/\(name).csv")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
            let parts = line.split(separator: ",")
            return (try #require(Int(parts[0])), String(parts[1]))
        }
    }
}
