// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

extension Command {
    /// `lms events …`.
    static let events: [Command] = [
        eventsLag, eventsDead, eventsShow, eventsReplay, eventsDiscard,
    ]

    private static let eventsLag = Command(
        "events lag",
        "Show how many events wait for each consumer, and how many it gave up",
        EventLagArguments.self
    ) { arguments, console in
        let platform = try Platform.connecting(console)
        let backlog = try await platform.outbox.backlog()
        let unrelayed = try await platform.outbox.unrelayed()
        if !arguments.isJSON {
            console.print("consumer\twaiting\toldest\tdead\tseen")
            console.print("(not handed on yet)\t\(unrelayed.count)\t\(EventCommands.time(unrelayed.oldest))\t-\t-")
        }
        for one in backlog {
            let (oldest, seen) = (EventCommands.time(one.oldest), EventCommands.time(one.seenAt))
            guard arguments.isJSON else {
                console.print("\(one.consumer)\t\(one.waiting)\t\(oldest)\t\(one.dead)\t\(seen)")
                continue
            }
            console.json { object in
                object.field("consumer", one.consumer)
                object.field("waiting", one.waiting)
                object.field("oldest", one.oldest)
                object.field("dead", one.dead)
                object.field("seenAt", one.seenAt)
            }
        }
        return .success
    }

    private static let eventsDead = Command(
        "events dead",
        "List events of a tenant that a consumer gave up, the last recorded first",
        DeadEventsArguments.self
    ) { arguments, console in
        let platform = try Platform.connecting(console)
        let reader = try await EventCommands.reader(arguments.tenant, of: platform)
        try await Command.showPages(upTo: arguments.limit) { position, limit in
            try await platform.lms.events.listDead(
                of: arguments.consumer,
                after: position,
                limit: limit,
                reader: reader
            )
        } show: { dead in
            EventCommands.show(dead, asJSON: arguments.isJSON, console)
        }
        return .success
    }

    private static let eventsShow = Command(
        "events show",
        "Show an event of a tenant, and who gave it up",
        ShowEventArguments.self
    ) { arguments, console in
        let id = try EventCommands.event(arguments.id)
        let platform = try Platform.connecting(console)
        let reader = try await EventCommands.reader(arguments.tenant, of: platform)
        do {
            let (event, dead) = try await platform.lms.events.fetch(id, reader: reader)
            EventCommands.show(event, asJSON: arguments.isJSON, console)
            for letter in dead { EventCommands.show(letter, asJSON: arguments.isJSON, console) }
            return .success
        } catch EventHistoryError.eventNotFound {
            throw CommandFailure("The tenant has no such event; it may not be kept any more.")
        }
    }

    private static let eventsReplay = Command(
        "events replay",
        "Try an event again that was given up, or show a consumer a time again",
        ReplayEventsArguments.self
    ) { arguments, console in
        guard let range = arguments.range, let consumer = arguments.consumer else {
            let id = try EventCommands.event(arguments.id ?? "")
            return try await EventCommands.change(id, of: arguments.tenant, console) { events, session in
                try await events.replay(id, for: arguments.consumer, session: session)
            }
        }
        let platform = try Platform.connecting(console)
        let tenant = try await EventCommands.tenant(arguments.tenant, of: platform)
        let wanted = EventReplay(into: consumer, of: tenant, from: range.from, until: range.to, types: range.types)
        guard let wanted else {
            throw CommandFailure("\(consumer) is no name of a consumer", code: .usage)
        }
        return try await EventCommands.replay(wanted, into: arguments.isNew ? .new : .known, of: platform, console)
    }

    private static let eventsDiscard = Command(
        "events discard",
        "Take an event of a tenant that was given up off the list",
        DiscardEventArguments.self
    ) { arguments, console in
        let id = try EventCommands.event(arguments.id)
        return try await EventCommands.change(id, of: arguments.tenant, console) { events, session in
            try await events.discard(id, for: arguments.consumer, session: session)
        }
    }
}

private enum EventCommands {
    /// Whoever may run `lms` on the server.
    static let principal = Principal(.system("cli"), grants: Grants([.auditRead: .any, .eventManage: .any]))

    static func tenant(_ slug: String, of platform: Platform) async throws -> TenantID {
        try await TenantOperations(installation: platform.installation, lms: platform.lms).find(slug).id
    }

    static func reader(_ slug: String, of platform: Platform) async throws -> TenantReader {
        platform.installation.tenants.reader(for: try await tenant(slug, of: platform), as: principal)
    }

    static func event(_ text: String) throws(CommandFailure) -> Event.ID {
        guard let id = Event.ID(text) else {
            throw CommandFailure("\(text) is no identifier of an event", code: .usage)
        }
        return id
    }

    /// Does something about an event that was given up.
    static func change(
        _ id: Event.ID,
        of slug: String,
        _ console: Console,
        _ body: (EventHistory, borrowing TenantSession) async throws -> Void
    ) async throws -> ExitCode {
        let platform = try Platform.connecting(console)
        let tenant = try await tenant(slug, of: platform)
        do {
            try await platform.installation.tenants.transaction(for: tenant, as: principal) { session in
                try await body(platform.lms.events, session)
            }
        } catch EventHistoryError.notFound {
            throw CommandFailure("No such event of the tenant was given up. Try: lms events dead --tenant \(slug)")
        }
        console.print("Done.")
        return .success
    }

    static func replay(
        _ wanted: EventReplay,
        into consumers: ReplayedConsumers,
        of platform: Platform,
        _ console: Console
    ) async throws -> ExitCode {
        var count = 0
        var isComplete = false
        do {
            while !isComplete {
                let replayed = try await platform.lms.events.replay(
                    wanted,
                    into: consumers,
                    outbox: platform.outbox,
                    tenants: platform.installation.tenants,
                    as: principal
                )
                count += replayed.count
                isComplete = replayed.isComplete
            }
        } catch EventHistoryError.consumerNotFound {
            throw CommandFailure(
                "There is no consumer \(wanted.consumer). See lms events lag; for one that is to come give --new."
            )
        } catch EventHistoryError.notKept(let start) {
            throw CommandFailure("Events before \(start.iso8601Milliseconds) are not all kept. Give a later --from.")
        }
        console.print(
            "\(count) events are queued for \(wanted.consumer), marked as replays; nobody is told of them twice."
        )
        return .success
    }

    static func show(_ event: EventRecord, asJSON isJSON: Bool, _ console: Console) {
        if isJSON { return console.print(EventBody(event)) }
        let actor = event.actor ?? "-"
        console.print("\(event.id)\t\(event.type)\t\(event.occurredAt.iso8601Milliseconds)\t\(actor)")
        console.print(String(decoding: event.payload.bytes, as: UTF8.self))
    }

    static func show(_ dead: DeadEvent, asJSON isJSON: Bool, _ console: Console) {
        if isJSON { return console.print(DeadEventBody(dead)) }
        let (event, reason) = (dead.event, dead.reason ?? "-")
        console.print("\(event.id)\t\(event.type)\t\(dead.consumer)\t\(dead.attempts)\t\(reason)")
    }

    static func time(_ instant: Date?) -> String { instant?.iso8601Milliseconds ?? "-" }
}

extension Console {
    /// Prints a line of JSON.
    fileprivate func print(_ body: some ResponseBody) {
        var json = JSONWriter()
        body.write(to: &json)
        print(String(decoding: json.bytes, as: UTF8.self))
    }

    fileprivate func json(_ members: (inout JSONWriter) -> Void) {
        var json = JSONWriter()
        json.object(members)
        print(String(decoding: json.bytes, as: UTF8.self))
    }
}
