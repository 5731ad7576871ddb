// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct EventRoutesTests {
    private let path = "/api/v1/admin/events"

    @Test func `an auditor finds what happened, by type, person, thing and time, page by page`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            for number in 0..<3 { _ = try await host.register("student\(number)", at: tenant) }
            let trace = "0af7651916cd43dd8448eb211c80319c"
            let renamed = try await host.send(
                "PATCH",
                "/api/v1/users/me",
                to: tenant,
                fields: ["traceparent: 00-\(trace)-b7ad6b7169203331-01"],
                token: auditor.access,
                json: #"{"displayName":"A. Ditor"}"#
            )
            #expect(renamed.status == 200, "\(renamed.text)")
            var seen: [String] = []
            var cursor: String?
            repeat {
                let query = "eventType=user.created&limit=2" + (cursor.map { "&cursor=\($0)" } ?? "")
                let page = try await host.send("GET", "\(path)?\(query)", to: tenant, token: auditor.access)
                #expect(page.status == 200, "\(page.text)")
                for index in 0..<2 { seen += [page.json["items"]?[index]?["id"]?.text].compactMap(\.self) }
                cursor = page.json["nextCursor"]?.text
            } while cursor != nil
            #expect(seen.count == 4 && Set(seen).count == 4)
            let queries = [
                "userId=\(auditor.user)", "aggregateId=\(auditor.user)&eventType=user.updated",
                "eventType=user.updated&startTime=2020-01-01T00:00:00Z",
            ]
            for query in queries {
                let found = try await host.send("GET", "\(path)?\(query)", to: tenant, token: auditor.access)
                let event = found.json["items"]?[0]
                #expect(event?["type"]?.text == "user.updated", "\(query)")
                #expect(event?["actor"]?.text == auditor.user && event?["traceId"]?.text == trace)
                #expect(!found.text.contains("Ditor"))
            }
            let early = "\(path)?endTime=2020-01-01T00:00:00Z"
            let none = try await host.send("GET", early, to: tenant, token: auditor.access)
            #expect(none.json["items"] == .array([]))
            let student = try await host.register("nosy", at: tenant)
            let refused = try await host.send("GET", path, to: tenant, token: student.access)
            #expect(refused.status == 403)
        }
    }

    @Test func `what was given up is listed, tried again and taken off the list, and that is audited`() async throws {
        try await withTenant { tenant in
            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            let auditor = try await host.member("auditor", .auditor, of: tenant)
            let (again, gone) = (
                try await tenant.plantDeadEvent(of: "probe-routes"), try await tenant.plantDeadEvent(of: "probe-routes")
            )
            let dead = "\(path)/dead-letters"
            let list = try await host.send("GET", "\(dead)?consumer=probe-routes", to: tenant, token: auditor.access)
            let listed = (0..<2).compactMap { list.json["items"]?[$0]?["event"]?["id"]?.text }
            #expect(Set(listed) == [again.description, gone.description], "\(list.text)")
            #expect(list.json["items"]?[0]?["reason"]?.text == "planted")
            let refused = try await host.send("POST", "\(dead)/\(again)/replay", to: tenant, token: auditor.access)
            #expect(refused.status == 403)
            let replayed = try await host.send("POST", "\(dead)/\(again)/replay", to: tenant, token: admin.access)
            #expect(replayed.status == 204, "\(replayed.text)")
            let discarded = try await host.send("DELETE", "\(dead)/\(gone)", to: tenant, token: admin.access)
            #expect(discarded.status == 204, "\(discarded.text)")
            let twice = try await host.send("DELETE", "\(dead)/\(gone)", to: tenant, token: admin.access)
            #expect(twice.status == 404)
            let empty = try await host.send("GET", dead, to: tenant, token: admin.access)
            #expect(empty.json["items"] == .array([]))
            // Who hands on takes up what is to be tried again.
            let outbox = tenant.outbox()
            var deliveries: [EventDelivery] = []
            try await eventually {
                try await outbox.relay()
                deliveries = try await outbox.lease(1, of: "probe-routes", for: .seconds(30)).flatMap(\.deliveries)
                return !deliveries.isEmpty
            }
            #expect(deliveries.map(\.event.id) == [again] && deliveries.first?.attempts == 0)
            for action in ["event.replayed", "event.discarded"] {
                let log = try await host.send("GET", "/api/v1/audit?action=\(action)", to: tenant, token: admin.access)
                #expect(log.json["items"]?[0]?["actor"]?.text == admin.user, "\(action)")
            }
        }
    }
}
