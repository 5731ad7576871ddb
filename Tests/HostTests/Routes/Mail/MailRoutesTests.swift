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

/// Keeps what it takes, or fails as it is told.
private final class KeptMail: MailTransport {
    private let state = Mutex((mails: [OutgoingMail](), failure: MailTransportError?.none))

    var mails: [OutgoingMail] { state.withLock { $0.mails } }

    func fail(with failure: MailTransportError?) { state.withLock { $0.failure = failure } }

    func send(_ mail: OutgoingMail) async throws(MailTransportError) {
        let failure = state.withLock { state in
            state.mails.append(mail)
            return state.failure
        }
        if let failure { throw failure }
    }
}

@Suite struct MailRoutesTests {
    private static let path = "/api/v1/tenant/mail"
    private static let whole = """
        {"sender":{"name":"Academy","address":"school@academy.example.org","replyTo":"office@academy.example.org"},
         "server":{"host":"mail.academy.example.org","port":587,"user":"academy","password":"planted-password"}}
        """

    @Test func `an owner sets sender and server, and nobody is shown the password`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let admin = try await host.member("root", .admin, of: tenant)
            func send(_ method: String, _ json: String? = nil, by session: PlatformHost.Session) async throws
                -> TestReply
            {
                try await host.send(method, Self.path, to: tenant, token: session.access, json: json)
            }
            #expect(try await send("PUT", Self.whole, by: admin).code == "FORBIDDEN")
            #expect(try await send("GET", by: owner).json["server"] == .null)
            let set = try await send("PUT", Self.whole, by: owner)
            #expect(set.status == 200, "\(set.text)")
            let shown = try await send("GET", by: admin)
            #expect(shown.json["server"]?["user"]?.text == "academy")
            #expect(shown.json["server"]?["protection"]?.text == "starttls")
            #expect(shown.json["sender"]?["address"]?.text == "school@academy.example.org")
            for reply in [set, shown] { #expect(!reply.text.contains("planted-password")) }
            let dump: String = try await tenant.transaction { session in
                let rows = try await session.execute(
                    """
                    SELECT query_to_xml('SELECT *, encode(sealed_password, ''escape'') FROM mail_settings', true, true, '')::text
                        || query_to_xml('SELECT * FROM audit_events', true, true, '')::text AS x
                    """
                )
                return try rows.only?["x"] ?? ""
            }
            #expect(dump.contains("mail.academy.example.org") && !dump.contains("planted-password"))
            #expect(try await send("DELETE", by: owner).status == 204)
            #expect(try await send("GET", by: owner).json["server"] == .null)
        }
    }

    @Test func `attack: the stored password is sent to another server`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            func put(_ json: String) async throws -> TestReply {
                try await host.send("PUT", Self.path, to: tenant, token: owner.access, json: json)
            }
            #expect(try await put(Self.whole).status == 200)
            let renamed =
                #"{"sender":{"name":"School"},"server":{"host":"mail.academy.example.org","port":587,"user":"academy"}}"#
            #expect(try await put(renamed).status == 200)
            for server in [
                #"{"host":"evil.example","port":587,"user":"academy"}"#,
                #"{"host":"mail.academy.example.org","port":2525,"user":"academy"}"#,
                #"{"host":"mail.academy.example.org","port":587,"user":"other"}"#,
            ] {
                #expect(try await put(#"{"server":\#(server)}"#).code == "MAIL_PASSWORD_NEEDED")
            }
            let clear = #"{"host":"a.example","port":25,"protection":"none","user":"a","password":"b"}"#
            #expect(try await put(#"{"server":\#(clear)}"#).code == "MAIL_SERVER_INVALID")
            let injected = #"{"host":"a.example/x","port":25,"protection":"tls"}"#
            #expect(try await put(#"{"server":\#(injected)}"#).code == "MAIL_SERVER_INVALID")
            let foreign = #"{"sender":{"address":"ceo@bank.example"}}"#
            #expect(try await put(foreign).code == "MAIL_SERVER_NEEDED")
        }
    }

    @Test func `a message to try it out comes from the tenant's sender, and the answer is told`() async throws {
        try await withTenant { tenant in
            let kept = KeptMail()
            let host = try await PlatformHost(mail: kept)
            let owner = try await host.member("owner", .owner, of: tenant)
            func tryOut() async throws -> TestReply {
                try await host.send("POST", "\(Self.path)/test", to: tenant, token: owner.access)
            }
            // Nothing is set, and the installation of this test sends none.
            #expect(try await tryOut().json["outcome"]?.text == "not_built")
            let set = try await host.send("PUT", Self.path, to: tenant, token: owner.access, json: Self.whole)
            #expect(set.status == 200)
            #expect(try await tryOut().text == #"{"outcome":"accepted","replyCode":null}"#)
            let mail = try #require(kept.mails.last)
            #expect(mail.from == Mailbox(name: "Academy", address: try #require(Email("school@academy.example.org"))))
            #expect(mail.replyTo?.address == "office@academy.example.org")
            #expect(mail.to.address == "owner@example.org")
            let failures: [(MailTransportError, String)] = [
                (.refused(code: 550), #"{"outcome":"refused","replyCode":550}"#),
                (.tryLater(code: nil), #"{"outcome":"try_later","replyCode":null}"#),
                (.insecure, #"{"outcome":"insecure","replyCode":null}"#),
                (.addressRefused, #"{"outcome":"address_not_allowed","replyCode":null}"#),
            ]
            for (failure, text) in failures {
                kept.fail(with: failure)
                #expect(try await tryOut().text == text)
            }
        }
    }

    @Test func `a version that somebody overtook is not overwritten`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let owner = try await host.member("owner", .owner, of: tenant)
            let first = try await host.send("GET", Self.path, to: tenant, token: owner.access)
            let match = ["If-Match: \(try #require(first[.etag]))"]
            func put() async throws -> TestReply {
                let json = #"{"sender":{"name":"Academy"}}"#
                return try await host.send("PUT", Self.path, to: tenant, fields: match, token: owner.access, json: json)
            }
            #expect(try await put().status == 200)
            #expect(try await put().code == "PRECONDITION_FAILED")
        }
    }
}
