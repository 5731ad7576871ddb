// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// `lms events …` as an operator runs them.
@Suite struct EventCommandsTests {
    private typealias Run = ([String]) throws -> (text: String, status: Int32)

    private func withCommands(over tenant: TestTenant, _ body: (@escaping Run) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }  // it may not have been made
        let key = Array(repeating: UInt8(42), count: 32)
        try Data("1 \(Base64URL.encode(key))\n".utf8).write(to: file)
        try await body { words in
            try Program.lms(["events"] + words, over: tenant.installation, masterKeys: file)
        }
    }

    private func withCommands(_ body: (TestTenant, @escaping Run) async throws -> Void) async throws {
        try await withTenant { tenant in
            try await withCommands(over: tenant) { run in try await body(tenant, run) }
        }
    }

    private var someID: String { UUID().uuidString.lowercased() }

    @Test(.timeLimit(.minutes(2)))
    func `what was given up is listed, shown, tried again and taken off the list, and that is audited`() async throws {
        let consumer = "probe-commands"
        try await withCommands { tenant, run in
            let slug = tenant.tenant.slug.description
            let (again, gone) = (
                try await tenant.plantDeadEvent(of: consumer), try await tenant.plantDeadEvent(of: consumer)
            )
            let list = try run(["dead", "--tenant", slug])
            #expect(list.status == 0, "\(list.text)")
            let lines = list.text.split(separator: "\n")
            #expect(lines.count == 2, "\(list.text)")
            #expect(lines.contains("\(gone)\tprobe.planted\tprobe-commands\t1\tplanted"), "\(list.text)")
            let first = try run(["dead", "--tenant", slug, "--limit", "1", "--json"])
            #expect(first.text.split(separator: "\n").count == 1, "\(first.text)")
            let letter = try JSONValue.parse(Array(first.text.utf8))
            #expect(letter["reason"]?.text == "planted" && letter["consumer"]?.text == "probe-commands")
            #expect(try run(["dead", "--tenant", slug, "--consumer", "nobody"]).text.isEmpty)

            let shown = try run(["show", "\(gone)", "--tenant", slug])
            #expect(shown.status == 0 && shown.text.contains(#""number": 1"#), "\(shown.text)")
            #expect(shown.text.contains("probe-commands\t1\tplanted"), "\(shown.text)")

            let lag = try run(["lag"])
            #expect(lag.status == 0, "\(lag.text)")
            let own = lag.text.split(separator: "\n").first { $0.hasPrefix("probe-commands\t") }
            #expect(own?.contains("\t2\t") == true, "\(lag.text)")

            let other = try run(["replay", "\(again)", "--tenant", slug, "--consumer", "nobody"])
            #expect(other.status == 1 && other.text.contains("lms events dead"), "\(other.text)")
            let replayed = try run(["replay", "\(again)", "--tenant", slug, "--consumer", "probe-commands"])
            #expect(replayed.status == 0 && replayed.text == "Done.\n", "\(replayed.text)")
            let discarded = try run(["discard", "\(gone)", "--tenant", slug])
            #expect(discarded.status == 0 && discarded.text == "Done.\n", "\(discarded.text)")
            let twice = try run(["discard", "\(gone)", "--tenant", slug])
            #expect(twice.status == 1 && twice.text.contains("was given up"), "\(twice.text)")
            #expect(try run(["dead", "--tenant", slug]).text.isEmpty)

            let host = try await PlatformHost()
            let admin = try await host.member("admin", .admin, of: tenant)
            for (action, event) in [("event.replayed", again), ("event.discarded", gone)] {
                let log = try await host.send("GET", "/api/v1/audit?action=\(action)", to: tenant, token: admin.access)
                #expect(log.json["items"]?[0]?["object"]?.text == event.description, "\(log.text)")
                #expect(log.json["items"]?[1] == nil, "\(log.text)")
            }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a time is shown to a consumer again, once, with notifications off`() async throws {
        let type = EventType("probe.commanded", .courses)
        let witness = EventConsumer("probe-commanded-witness", to: [type]) { _, _ in }
        let name = "probe-commanded"
        try await withCommands { tenant, run in
            let (slug, outbox) = (tenant.tenant.slug.description, tenant.outbox())
            try await outbox.register([witness])
            try await tenant.record(type, of: Identifier(UUID()), [1, 2])
            try await tenant.relay(2, to: witness, outbox)
            let from = Date().addingTimeInterval(-3_600).iso8601Milliseconds
            let to = Date().addingTimeInterval(60).iso8601Milliseconds
            func replay(_ consumer: String, _ more: String...) throws -> (text: String, status: Int32) {
                let words = ["replay", "--tenant", slug, "--to", to, "--consumer", consumer, "--types", type.name]
                return try run(words + more)
            }
            let typo = try replay("probe-comanded", "--from", from)
            #expect(typo.status == 1 && typo.text.contains("give --new"), "\(typo.text)")
            let queued = try replay(name, "--from", from, "--new")
            #expect(queued.status == 0 && queued.text.hasPrefix("2 events are queued"), "\(queued.text)")
            let repeated = try replay(name, "--from", from)
            #expect(repeated.status == 0 && repeated.text.hasPrefix("0 events are queued"), "\(repeated.text)")
            let early = try replay(name, "--from", "2020-01-01T00:00:00Z")
            #expect(early.status == 1 && early.text.contains("Give a later --from."), "\(early.text)")
            let lanes = try await outbox.lease(10, of: name, for: .seconds(30))
            let deliveries = lanes.flatMap(\.deliveries)
            #expect(deliveries.map(\.event.number) == [1, 2])
            let areReplays = deliveries.allSatisfy(\.event.isReplay)
            #expect(areReplays)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what makes no sense is told with what to do`() async throws {
        try await withCommands { tenant, run in
            let slug = tenant.tenant.slug.description
            let neither = try run(["replay", "--tenant", slug])
            #expect(neither.status == 2 && neither.text.contains("--from, --to and --consumer"), "\(neither.text)")
            let both = try run(["replay", someID, "--tenant", slug, "--new"])
            #expect(both.status == 2 && both.text.contains("either EVENT, or"), "\(both.text)")
            let backwards = try run(
                ["replay", "--tenant", slug, "--consumer", "c", "--from", "2026-01-02T00:00:00Z"]
                    + ["--to", "2026-01-01T00:00:00Z"]
            )
            #expect(backwards.status == 2 && backwards.text.contains("--to is not after --from"), "\(backwards.text)")
            let unknown = try run(["show", someID, "--tenant", slug])
            #expect(unknown.status == 1 && unknown.text.contains("no such event"), "\(unknown.text)")
            let wrong = try run(["discard", "seven", "--tenant", slug])
            #expect(wrong.status == 2 && wrong.text.contains("no identifier of an event"), "\(wrong.text)")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `attack: an event of another tenant is one that never was`() async throws {
        let consumer = "probe-foreign-commands"
        try await withTwoTenants { victim, tenant in
            let event = try await victim.plantDeadEvent(of: consumer)
            try await withCommands(over: tenant) { run in
                let slug = tenant.tenant.slug.description
                for verb in ["show", "replay", "discard"] {
                    let foreign = try run([verb, "\(event)", "--tenant", slug])
                    let never = try run([verb, someID, "--tenant", slug])
                    #expect(foreign.status == 1 && foreign == never, "\(foreign.text)")
                }
                #expect(try run(["dead", "--tenant", slug]).text.isEmpty)
            }
            let list = try await victim.reader().read("SELECT consumer FROM cell.tenant_dead_events")
            #expect(list.count == 1)
        }
    }
}
