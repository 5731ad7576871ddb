// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// An event as an auditor sees it.
struct EventBody: ResponseBody {
    let event: EventRecord

    init(_ event: EventRecord) {
        self.event = event
    }

    static var example: EventBody { EventBody(.example(isTraced: true)) }
    static var variations: [EventBody] { [EventBody(.example(isTraced: false))] }

    func write(to json: inout JSONWriter) {
        json.object { write(membersTo: &$0) }
    }

    func write(membersTo object: inout JSONWriter) {
        object.field("id", event.id)
        object.field("type", event.type)
        object.field("topic", event.topic)
        object.field("version", event.version)
        object.field("aggregateId", event.aggregate)
        object.field("actor", event.actor)
        object.field("traceId", event.traceID)
        object.field("occurredAt", event.occurredAt)
        object.field("payload", event.payload)
    }
}

/// An event that a consumer gave up.
struct DeadEventBody: ResponseBody {
    let dead: DeadEvent

    init(_ dead: DeadEvent) {
        self.dead = dead
    }

    static var example: DeadEventBody {
        DeadEventBody(
            DeadEvent(
                event: .example(isTraced: true),
                consumer: "webhooks",
                attempts: 4,
                reason: "failed: WebhookError",
                diedAt: Date(timeIntervalSince1970: 1_700_000_007)
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("event", EventBody(dead.event))
            object.field("consumer", dead.consumer)
            object.field("attempts", dead.attempts)
            object.field("reason", dead.reason)
            object.field("diedAt", dead.diedAt)
        }
    }
}

/// What a replay gave a consumer.
struct EventReplayBody: ResponseBody {
    private let count: Int
    private let more: Bool

    init(_ replayed: ReplayedEvents) {
        self.init(count: replayed.count, more: !replayed.isComplete)
    }

    private init(count: Int, more: Bool) {
        (self.count, self.more) = (count, more)
    }

    static var example: EventReplayBody { EventReplayBody(count: EventHistory.replayLimit, more: true) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("count", count)
            object.field("more", more)
        }
    }
}

extension EventRecord {
    fileprivate static func example(isTraced: Bool) -> EventRecord {
        EventRecord(
            id: Event.ID(UUID(uuid: (1, 137, 10, 93, 172, 150, 119, 75, 188, 206, 179, 2, 9, 154, 128, 87))),
            type: "enrollment.dropped",
            topic: "enrollments",
            version: 1,
            aggregate: UUID(uuid: (1, 137, 10, 93, 172, 150, 119, 75, 188, 206, 179, 2, 9, 154, 128, 88)),
            actor: isTraced ? "01890a5d-ac96-774b-bcce-b302099a8059" : nil,
            traceID: isTraced ? "0af7651916cd43dd8448eb211c80319c" : nil,
            payload: JSONText(Array(#"{"courseId":"01890a5d-ac96-774b-bcce-b302099a805a"}"#.utf8)),
            occurredAt: Date(timeIntervalSince1970: 1_700_000_000)
        )
    }
}
