// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct NotificationRoutesTests {
    private let host: PlatformHost

    init() async throws {
        host = try await PlatformHost()
    }

    private var notifications: Notifications { host.platform.lms.notifications }

    private func tell(_ session: PlatformHost.Session, _ draft: NotificationDraft, at tenant: TestTenant) async throws {
        let user = try #require(User.ID(session.user))
        try await tenant.transaction { transaction in
            _ = try await notifications.notify([user], draft, session: transaction)
        }
    }

    @Test func `somebody lists, counts, reads and deletes what they were told`() async throws {
        try await withTenant { tenant in
            let ada = try await host.register("ada", at: tenant)
            for number in 1...3 {
                try await tell(
                    ada,
                    NotificationDraft(.enrollment, because: "\(number)", ["course": "Algebra"]),
                    at: tenant
                )
            }
            func get(_ path: String, language: String = "en") async throws -> JSONValue {
                try await host.send(
                    "GET",
                    path,
                    to: tenant,
                    fields: ["Accept-Language: \(language)"],
                    token: ada.access
                ).json
            }
            let list = try await get("/api/v1/notifications?limit=2")
            guard case .array(let items) = list["items"] else { throw TestFailure("no items") }
            #expect(items.map { $0["position"]?.integer } == [3, 2])
            #expect(items.first?["title"]?.text == "You are enrolled in Algebra")
            let cursor = try #require(list["nextCursor"]?.text)
            #expect(try await get("/api/v1/notifications?limit=2&cursor=\(cursor)")["nextCursor"] == nil)
            let spanish = try await get("/api/v1/notifications?limit=1", language: "es")
            guard case .array(let one) = spanish["items"] else { throw TestFailure("no items") }
            #expect(one.first?["title"]?.text == "Tiene plaza en Algebra")
            let id = try #require(items.first?["id"]?.text)
            for method in ["POST", "PATCH", "PUT"] {
                let read = try await host.send(
                    method,
                    "/api/v1/notifications/\(id)/read",
                    to: tenant,
                    token: ada.access
                )
                #expect(read.json["read"]?.flag == true)
            }
            #expect(try await get("/api/v1/notifications/unread-count")["count"]?.integer == 2)
            let marked = try await host.send(
                "POST",
                "/api/v1/notifications/mark-as-read",
                to: tenant,
                token: ada.access,
                json: #"{"all":true}"#
            )
            #expect(marked.json["marked"]?.integer == 2)
            let deleted = try await host.send("DELETE", "/api/v1/notifications/\(id)", to: tenant, token: ada.access)
            #expect(deleted.status == 204)
            #expect(try await get("/api/v1/notifications/summary")["total"]?.integer == 2)
            #expect(try await get("/api/v1/notifications/\(id)")["code"]?.text == "NOTIFICATION_NOT_FOUND")
        }
    }

    @Test func `a mail program ends messages by posting a form to their link, with nothing else`() async throws {
        try await withTenant { tenant in
            let ada = try await host.register("ada", at: tenant)
            try await tell(ada, NotificationDraft(.enrollment, because: "1", ["course": "Algebra"]), at: tenant)
            let token = "one-click"
            let hash = Bytes(host.platform.cryptography.sha256(Array(token.utf8)))
            try await tenant.transaction { session in
                _ = try await session.execute(
                    "UPDATE notification_deliveries SET token_hash = \(hash) WHERE channel = 'email'"
                )
            }
            let path = "/api/v1/notifications/unsubscribe/\(token)"
            let asked = try await host.send("GET", path, to: tenant, token: nil)
            #expect(asked.status == 200)
            #expect(asked.text.contains(#"<form method="post">"#))
            let choices: @Sendable () async throws -> Int = {
                try await tenant.transaction { session in
                    try #require(try await session.execute("SELECT count(*) FROM notification_preferences").only)[0]
                }
            }
            #expect(try await choices() == 0)
            for _ in 0..<2 {
                let done = try await host.send(
                    "POST",
                    path,
                    to: tenant,
                    form: "List-Unsubscribe=One-Click"
                )
                #expect(done.status == 200)
            }
            #expect(try await choices() == 1)
            let preferences = try await host.send(
                "GET",
                "/api/v1/notification-preferences",
                to: tenant,
                token: ada.access
            ).json
            guard case .array(let items) = preferences["items"] else { throw TestFailure("no items") }
            #expect(items.map { $0["eventType"]?.text } == ["enrollment"])
            #expect(items.map { $0["enabled"]?.flag } == [false])
        }
    }

    @Test func `an administrator changes words, sees them and goes back`() async throws {
        try await withTenant { tenant in
            let admin = try await host.member("admin", .admin, of: tenant)
            let path = "/api/v1/notification-templates/welcome/en"
            func send(_ method: String, _ path: String, _ json: String? = nil) async throws -> TestReply {
                try await host.send(method, path, to: tenant, token: admin.access, json: json)
            }
            let words = #"{"title":"Hi from {organization}","message":"<b>Hello</b>"}"#
            let preview = try await send("POST", "\(path)/preview", words)
            #expect(preview.json["title"]?.text == "Hi from \(tenant.tenant.name)")
            #expect(try await send("PUT", path, words).status == 200)
            try await tell(admin, NotificationDraft(.welcome, because: "1"), at: tenant)
            guard case .array(let items) = try await send("GET", "/api/v1/notifications").json["items"] else {
                throw TestFailure("no items")
            }
            #expect(items.first?["title"]?.text == "Hi from \(tenant.tenant.name)")
            #expect(try await send("DELETE", path).status == 204)
            let unknown = try await send("PUT", path, #"{"title":"Hi","message":"{password}"}"#)
            #expect(unknown.status == 422)
            #expect(unknown.json["code"]?.text == "NOTIFICATION_PARAMETER_UNKNOWN")
        }
    }

    @Test func `an announcement is made once for one idempotency key, previewed and shown`() async throws {
        try await withTenant { tenant in
            let admin = try await host.member("admin", .admin, of: tenant)
            let body =
                #"{"audience":"all","texts":{"en":{"title":"Fair","message":"On Friday."}},"channels":["in_app"]}"#
            let path = "/api/v1/notifications/announcements"
            let preview = try await host.send("POST", "\(path)/preview", to: tenant, token: admin.access, json: body)
            #expect(preview.json["expected"]?.integer == 1)
            #expect(preview.json["texts"]?["ar"]?["title"]?.text == "Fair")
            var ids: Set<String> = []
            for _ in 0..<2 {
                let made = try await host.send(
                    "POST",
                    path,
                    to: tenant,
                    fields: ["Idempotency-Key: fair"],
                    token: admin.access,
                    json: body
                )
                #expect(made.status == 201)
                ids.insert(try #require(made.json["id"]?.text))
            }
            let id = try #require(ids.first)
            #expect(ids.count == 1)
            try await notifications.fanOut(
                try #require(Announcement.ID(id)),
                at: tenant.id,
                tenants: tenant.tenants
            )
            let shown = try await host.send("GET", "\(path)/\(id)", to: tenant, token: admin.access)
            #expect(shown.json["status"]?.text == "finished")
            #expect(shown.json["notified"]?.integer == 1)
            let missing = try await host.send(
                "POST",
                path,
                to: tenant,
                token: admin.access,
                json: #"{"audience":"all","texts":{"es":{"title":"Feria","message":"El viernes."}}}"#
            )
            #expect(missing.json["code"]?.text == "NOTIFICATION_TEXT_NEEDED")
        }
    }

    @Test func `attack: what others were told, and how, is neither seen nor sent by those who may not`() async throws {
        try await withTenant { tenant in
            let ada = try await host.register("ada", at: tenant)
            let eve = try await host.register("eve", at: tenant)
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            try await tell(ada, NotificationDraft(.welcome, because: "1"), at: tenant)
            func send(_ path: String, as session: PlatformHost.Session) async throws -> TestReply {
                try await host.send("GET", path, to: tenant, token: session.access)
            }
            guard case .array(let items) = try await send("/api/v1/notifications", as: ada).json["items"] else {
                throw TestFailure("no items")
            }
            let id = try #require(items.first?["id"]?.text)
            #expect(try await send("/api/v1/notifications/\(id)/deliveries", as: ada).status == 200)
            #expect(try await send("/api/v1/notifications/\(id)/deliveries", as: eve).status == 404)
            #expect(try await send("/api/v1/notifications/\(id)/deliveries", as: auditor).status == 200)
            #expect(try await send("/api/v1/notifications/user/\(ada.user)", as: eve).status == 404)
            #expect(try await send("/api/v1/notifications/user/\(ada.user)", as: auditor).status == 200)
            #expect(try await send("/api/v1/notifications/log?userId=\(ada.user)", as: eve).status == 404)
            let sent = try await host.send(
                "POST",
                "/api/v1/notifications",
                to: tenant,
                token: eve.access,
                json: #"{"userIds":["\#(ada.user)"],"title":"x","message":"y"}"#
            )
            #expect(sent.status == 403)
        }
    }
}
