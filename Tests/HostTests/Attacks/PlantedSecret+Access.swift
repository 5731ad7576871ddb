// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

/// What programs, mails, second factors and other servers are let in by.
extension PlantedSecret {
    static let ofPrograms: [PlantedSecret] = [
        PlantedSecret(name: "an API key, before and after a rotation") { world in
            let owner = try await world.member("key-owner", .admin)
            let json = #"{"name":"Report","scopes":["user:read:any"]}"#
            let made = try await world.send("POST", "api-keys", json, token: owner.access)
            let key = try #require(made.json["key"]?.text, "\(made.text)")
            world.noteSecret("API key", key, prefix: "lms_")
            let id = try #require(made.json["id"]?.text)
            let again = try await world.send("POST", "api-keys/\(id)/rotate", "{}", token: owner.access)
            world.noteSecret("next API key", try #require(again.json["key"]?.text), prefix: "lms_")
            #expect(try await world.send("GET", "users", token: key).status == 200)
            #expect(try await world.send("GET", "roles", token: key).status == 403)
        },
        PlantedSecret(name: "a service account's secret, before and after a rotation, and its token") { world in
            let owner = try await world.member("program-owner", .admin)
            let json = #"{"name":"Sync","permissions":["user:read:any"]}"#
            let made = try await world.send("POST", "service-accounts", json, token: owner.access)
            let id = try #require(made.json["clientId"]?.text, "\(made.text)")
            let secret = try #require(made.json["clientSecret"]?.text)
            world.noteSecret("client secret", secret, prefix: "lmc_")
            let grant = #"{"grant_type":"client_credentials","client_id":"\#(id)","client_secret":"\#(secret)"}"#
            let token = try #require(try await world.send("POST", "auth/token", grant).json["access_token"]?.text)
            world.note("program's token", Array(token.utf8))
            #expect(try await world.send("GET", "users", token: token).status == 200)
            #expect(try await world.send("GET", "roles", token: token).status == 403)
            let again = try await world.send("POST", "service-accounts/\(id)/rotate", "{}", token: owner.access)
            world.noteSecret("next client secret", try #require(again.json["clientSecret"]?.text), prefix: "lmc_")
            let wrong =
                #"{"grant_type":"client_credentials","client_id":"\#(id)","client_secret":"\#(world.secret("wrong secret"))"}"#
            #expect(try await world.send("POST", "auth/token", wrong).status == 401)
        },
        PlantedSecret(name: "an identity provider's client secret") { world in
            let owner = try await world.member("provider-owner", .owner)
            let secret = world.secret("identity provider's secret")
            let json =
                #"{"kind":"oidc","name":"Example","issuer":"https://id.example","clientId":"c","clientSecret":"\#(secret)"}"#
            let made = try await world.send("POST", "identity-providers", json, token: owner.access)
            #expect(made.status == 201 && !made.text.contains(secret), "\(made.text)")
            let again = try await world.send("POST", "identity-providers", json + "x", token: owner.access)
            #expect(again.status == 400)
        },
    ]

    static let ofPeople: [PlantedSecret] = [
        PlantedSecret(name: "the tokens of a reset and of an invitation, in the queue of mail") { world in
            let owner = try await world.member("host-owner", .owner)
            let forgotten = try await world.send("POST", "auth/forgot-password", #"{"email":"\#(owner.email)"}"#)
            #expect(forgotten.status < 300, "\(forgotten.text)")
            let guest = #"{"email":"guest@example.org"}"#
            #expect(try await world.send("POST", "invitations", guest, token: owner.access).status == 201)
            for address in [owner.email, "guest@example.org"] {
                let sent = try #require(world.host.platform.mail.sent(to: address).last { $0.token != nil })
                try await world.noteMailed(sent)
            }
            let bad = try await world.send("POST", "auth/reset-password", #"{"token":"x","password":"y"}"#)
            #expect(bad.status >= 400)
        },
        PlantedSecret(name: "an authenticator app's seed, recovery codes and a code by mail") { world in
            let member = try await world.member("factor-owner", .student)
            let setup = try await world.send("POST", "auth/mfa/enable/request", "{}", token: member.access)
            let seed = try #require(setup.json["secret"]?.text, "\(setup.text)")
            world.note("TOTP seed", Array(seed.utf8))
            world.note("TOTP seed's bytes", PlantedWorld.base32(seed))
            let code = #"{"code":"\#(try world.host.platform.code(of: seed))"}"#
            let confirmed = try await world.send("POST", "auth/mfa/enable/confirm", code, token: member.access)
            guard case .array(let codes) = confirmed.json["recoveryCodes"] else { throw TestFailure(confirmed.text) }
            for code in codes.compactMap(\.text) { world.note("recovery code", Array(code.utf8)) }
            let other = try await world.member("code-owner", .student)
            let asked = try await world.send(
                "POST",
                "auth/mfa/enable/request",
                #"{"method":"email"}"#,
                token: other.access
            )
            #expect(asked.status < 300, "\(asked.text)")
            try await world.noteCode(of: other)
            let wrong = #"{"method":"email","code":"\#(world.secret("wrong code"))"}"#
            #expect(try await world.send("POST", "auth/mfa/enable/confirm", wrong, token: other.access).status >= 400)
        },
        PlantedSecret(name: "the mail server's password") { world in
            let password = world.secret("mail password")
            for url in [
                "smtp://postmaster:\(password)@mail.example.org:587", "smtp://postmaster:\(password)@:0/?tls=maybe",
            ] {
                do throws(ConfigurationError) {
                    let configuration = try Configuration(["LMS_SMTP_URL": url])
                    world.noteText("\(configuration)")
                    world.noteText(String(reflecting: configuration.mail))
                } catch {
                    world.noteText("\(error) \(error.problems)")
                }
            }
        },
    ]
}

extension PlantedWorld {
    func member(_ name: String, _ role: BuiltInRole) async throws -> PlatformHost.Session {
        let session = try await host.member(name, role, of: tenant)
        noteTokens(of: session)
        return session
    }

    /// A secret of a program, with its bits.
    func noteSecret(_ name: String, _ text: String, prefix: String) {
        note(name, Array(text.dropFirst(8).utf8))
        if let bits = Base64URL.decode(text.dropFirst(prefix.count)) { note("\(name)'s bits", Array(bits.prefix(32))) }
    }

    /// What was mailed, queued as the platform queues it.
    func noteMailed(_ sent: RecordingMail.Sent) async throws {
        let token = try #require(sent.token)
        note("mailed token to \(sent.address)", Array(token.utf8))
        if let bytes = Base64URL.decode(token) { note("bytes of the token to \(sent.address)", bytes) }
        let address = try #require(Email(sent.address))
        let ports = MailPorts(mail: host.platform.lms.mail, notifications: host.platform.lms.notifications)
        try await tenant.transaction { session in
            try await ports.queue(sent.message, to: address, language: sent.language, session: session)
        }
    }

    /// The code that somebody was mailed, queued as the platform queues it.
    func noteCode(of member: PlatformHost.Session) async throws {
        let code = try #require(host.platform.codes.latest(member.email))
        note("mailed code", Array(code.utf8))
        let address = try #require(Email(member.email))
        let ports = MailPorts(mail: host.platform.lms.mail, notifications: host.platform.lms.notifications)
        try await tenant.transaction { try await ports.deliver(Secret(code), to: address, session: $0) }
    }

    /// The bytes that 32 letters and digits stand for (RFC 4648 §6).
    static func base32(_ text: String) -> [UInt8] {
        var (bytes, bits, count) = ([UInt8](), UInt32(0), 0)
        for character in text {
            guard let index = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").firstIndex(of: character) else { continue }
            bits = bits << 5 | UInt32(index)
            count += 5
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }
}
