// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

@Suite struct PhoneRoutesTests {
    private static let number = "+34600123456"

    @Test func `a number is shown to be one's own with a code, and then one signs in with it`() async throws {
        try await withPhones { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            #expect(try await world.signIn(Self.number) == 401)
            #expect(try await world.ask(Self.number, as: ada).status == 202)
            #expect(try await world.signIn(Self.number) == 401)
            let message = try #require(try await world.deliver(to: ada))
            #expect(message.number == Self.number)
            #expect(try await world.confirm(message.code, as: ada).status == 204)
            #expect(try await world.signIn(Self.number) == 200)
            #expect(try await world.confirm(message.code, as: ada).json["code"]?.text == "INVALID_CODE")
            let me = try await world.host.send("GET", "/api/v1/users/me", to: world.tenant, token: ada.access)
            #expect(me.json["phone"]?.text == Self.number)
        }
    }

    @Test func `a code is sent once, and nobody reads it in the database after that`() async throws {
        try await withPhones { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            _ = try await world.ask(Self.number, as: ada)
            let first = try #require(try await world.deliver(to: ada))
            #expect(try await world.deliver(to: ada) == nil)
            let rows = try await world.tenant.transaction { session in
                try await session.execute("SELECT row_to_json(p)::text AS row FROM phone_proofs p")
            }
            let row: String = try #require(rows.only)["row"]
            #expect(!row.contains(first.code))
            #expect(row.contains(#""sealed_code":null"#))
        }
    }

    @Test func `attack: codes are guessed, and after five wrong ones the right one is none`() async throws {
        try await withPhones { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            _ = try await world.ask(Self.number, as: ada)
            let code = try #require(try await world.deliver(to: ada)).code
            let wrong = code == "00000000" ? "00000001" : "00000000"
            for _ in 0..<5 { #expect(try await world.confirm(wrong, as: ada).status == 401) }
            #expect(try await world.confirm(code, as: ada).status == 401)
        }
    }

    @Test func `attack: somebody's number is taken by an account that cannot read its messages, or by a second one`()
        async throws
    {
        try await withPhones { world in
            let ada = try await world.host.register("ada", at: world.tenant)
            let mallory = try await world.host.register("mallory", at: world.tenant)
            _ = try await world.ask(Self.number, as: ada)
            let code = try #require(try await world.deliver(to: ada)).code
            #expect(try await world.confirm(code, as: mallory).status == 401)
            #expect(try await world.confirm(code, as: ada).status == 204)
            world.host.platform.clock.advance(by: 60)
            _ = try await world.ask(Self.number, as: mallory)
            let second = try #require(try await world.deliver(to: mallory)).code
            #expect(try await world.confirm(second, as: mallory).json["code"]?.text == "PHONE_TAKEN")
        }
    }

    @Test func `attack: messages are asked for without end`() async throws {
        try await withPhones { world in
            var ada = try await world.host.register("ada", at: world.tenant)
            #expect(try await world.ask(Self.number, as: ada).status == 202)
            let again = try await world.ask(Self.number, as: ada)
            #expect(again.status == 429)
            #expect(again.json["code"]?.text == "CODE_TOO_SOON")
            for number in 2...6 {
                world.host.platform.clock.advance(by: 3_600)
                ada = try await world.renew(ada)
                #expect(try await world.ask(Self.number, as: ada).status == (number <= 5 ? 202 : 429))
            }
            world.host.platform.clock.advance(by: 86_400)
            ada = try await world.renew(ada)
            #expect(try await world.ask(Self.number, as: ada).status == 202)
        }
    }

    @Test func `attack: many accounts have messages sent to one number`() async throws {
        try await withPhones { world in
            var sent = 0
            for number in 1...12 {
                let member = try await world.host.register("m\(number)", at: world.tenant)
                let reply = try await world.ask(Self.number, as: member)
                if reply.status == 202 { sent += 1 } else { #expect(reply.json["code"]?.text == "CODE_TOO_SOON") }
                // Another account at once: the number had a message a moment ago.
                let hasty = try await world.host.register("h\(number)", at: world.tenant)
                #expect(try await world.ask(Self.number, as: hasty).status == 429)
                world.host.platform.clock.advance(by: 120)
            }
            #expect(sent == 10)
            let other = try await world.host.register("other", at: world.tenant)
            #expect(try await world.ask("+34600999888", as: other).status == 202)
            let rows = try await world.tenant.transaction { session in
                try await session.execute("SELECT row_to_json(p)::text AS row FROM phone_requests p")
            }
            for row in rows {
                let text: String = try row["row"]
                #expect(!text.contains("34600"))
            }
            world.host.platform.clock.advance(by: 86_400)
            let later = try await world.host.register("later", at: world.tenant)
            #expect(try await world.ask(Self.number, as: later).status == 202)
        }
    }

    private func withPhones(_ body: (PhoneWorld) async throws -> Void) async throws {
        try await withTenant { tenant in try await body(PhoneWorld(host: try await PlatformHost(), tenant: tenant)) }
    }
}

/// A host whose text messages are kept for a look at them.
private struct PhoneWorld {
    let host: PlatformHost
    let tenant: TestTenant

    func ask(_ number: String, as member: PlatformHost.Session) async throws -> TestReply {
        let json = #"{"phone":"\#(number)"}"#
        return try await host.send("POST", "/api/v1/users/me/phone", to: tenant, token: member.access, json: json)
    }

    func confirm(_ code: String, as member: PlatformHost.Session) async throws -> TestReply {
        let (path, json) = ("/api/v1/users/me/phone/confirm", #"{"code":"\#(code)"}"#)
        return try await host.send("POST", path, to: tenant, token: member.access, json: json)
    }

    func signIn(_ name: String) async throws -> Int { try await enter(name).status }

    /// Signs somebody in anew: a number becomes a way in, for which they show who they are.
    func renew(_ member: PlatformHost.Session) async throws -> PlatformHost.Session {
        try PlatformHost.Session(try await enter(member.email))
    }

    private func enter(_ name: String) async throws -> TestReply {
        let json = #"{"username":"\#(name)","password":"\#(PlatformHost.password)"}"#
        return try await host.send("POST", "/api/v1/auth/login", to: tenant, json: json)
    }

    /// Does the job of the member's last request.
    func deliver(to member: PlatformHost.Session) async throws -> (number: String, code: String)? {
        let user = try #require(User.ID(member.user))
        let rows = try await tenant.transaction { session in
            try await session.execute("SELECT id FROM phone_proofs WHERE user_id = \(user)")
        }
        let id: UUID = try #require(rows.only)["id"]
        let transport = KeptMessages()
        let delivery = PhoneDelivery(host.platform.lms, transport: transport, tenants: tenant.tenants)
        #expect(try await delivery.deliver(id, of: tenant.tenant) == .finished)
        guard let sent = transport.last else { return nil }
        return (sent.number, String(try #require(sent.text.firstMatch(of: /[0-9]{8}/)).output))
    }
}

private final class KeptMessages: SMSTransport {
    private let kept = Mutex<(number: String, text: String)?>(nil)

    var last: (number: String, text: String)? { kept.withLock { $0 } }

    func send(_ text: String, to number: String, reference: String) async throws(SMSTransportError) {
        kept.withLock { $0 = (number, text) }
    }
}
