// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// An endpoint without its secret.
struct WebhookEndpointBody: ResponseBody {
    let endpoint: WebhookEndpoint

    init(_ endpoint: WebhookEndpoint) {
        self.endpoint = endpoint
    }

    static var example: WebhookEndpointBody { WebhookEndpointBody(.example(isFailing: true)) }
    static var variations: [WebhookEndpointBody] { [WebhookEndpointBody(.example(isFailing: false))] }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    func writeFields(to object: inout JSONWriter) {
        object.field("id", endpoint.id)
        object.field("url", endpoint.url.description)
        object.field("description", endpoint.description)
        object.field("eventTypes", endpoint.filter.names)
        object.field("ordered", endpoint.isOrdered)
        object.field("enabled", endpoint.disabled == nil)
        object.field("disabledBecause", endpoint.disabled?.rawValue)
        object.field("failures", endpoint.failures)
        object.field("failingSince", endpoint.failingSince)
        object.field("lastSuccessAt", endpoint.lastSuccessAt)
        object.field("rotatedAt", endpoint.rotatedAt)
        object.field("previousSecretEndsAt", endpoint.previousSecretEndsAt)
        object.field("createdAt", endpoint.createdAt)
        object.field("updatedAt", endpoint.updatedAt)
    }
}

/// An endpoint with the secret that it just got.
struct IssuedWebhookEndpointBody: ResponseBody {
    let issued: IssuedWebhookEndpoint

    static var example: IssuedWebhookEndpointBody { made(isFailing: true) }
    static var variations: [IssuedWebhookEndpointBody] { [made(isFailing: false)] }

    private static func made(isFailing: Bool) -> IssuedWebhookEndpointBody {
        IssuedWebhookEndpointBody(
            issued: IssuedWebhookEndpoint(endpoint: .example(isFailing: isFailing), secret: Secret("whsec_C2FV…"))
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            WebhookEndpointBody(issued.endpoint).writeFields(to: &object)
            object.field("secret", issued.secret.reveal())
        }
    }
}

/// A delivery with its last attempt.
struct WebhookDeliveryBody: ResponseBody {
    let delivery: WebhookDelivery

    init(_ delivery: WebhookDelivery) {
        self.delivery = delivery
    }

    static var example: WebhookDeliveryBody { WebhookDeliveryBody(.example(isPending: true)) }
    static var variations: [WebhookDeliveryBody] { [WebhookDeliveryBody(.example(isPending: false))] }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    func writeFields(to object: inout JSONWriter) {
        object.field("id", delivery.id)
        object.field("endpointId", delivery.endpoint)
        object.field("messageId", delivery.messageID)
        object.field("eventId", delivery.event)
        object.field("type", delivery.type)
        object.field("test", delivery.isTest)
        object.field("status", delivery.status.rawValue)
        object.field("attemptCount", delivery.attempts)
        object.field("nextAttemptAt", delivery.nextAttemptAt)
        object.field("createdAt", delivery.createdAt)
        object.field("finishedAt", delivery.finishedAt)
        object.field("lastAttempt", delivery.lastAttempt.map { WebhookAttemptBody(attempt: $0) })
        object.field("payload", JSONText(Array(delivery.payload.utf8)))
    }
}

/// A delivery with all its attempts.
struct WebhookHistoryBody: ResponseBody {
    let delivery: WebhookDelivery
    let attempts: [WebhookAttempt]

    static var example: WebhookHistoryBody {
        WebhookHistoryBody(delivery: .example(isPending: true), attempts: .examples)
    }
    static var variations: [WebhookHistoryBody] {
        [WebhookHistoryBody(delivery: .example(isPending: false), attempts: .examples)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            WebhookDeliveryBody(delivery).writeFields(to: &object)
            object.field("attempts", attempts.map { WebhookAttemptBody(attempt: $0) })
        }
    }
}

/// One attempt.
struct WebhookAttemptBody: JSONWritable {
    let attempt: WebhookAttempt

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("number", attempt.number)
            object.field("startedAt", attempt.startedAt)
            object.field("durationMs", attempt.duration.wholeMilliseconds)
            object.field("status", attempt.status)
            object.field("error", attempt.error)
            object.field("reply", attempt.reply)
        }
    }
}

/// How many deliveries are sent again.
struct WebhookReplayBody: ResponseBody {
    let count: Int

    static var example: WebhookReplayBody { WebhookReplayBody(count: Webhooks.replayLimit) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("count", count)
            object.field("more", count == Webhooks.replayLimit)
        }
    }
}

/// The types that endpoints can ask for.
struct WebhookTypesBody: ResponseBody {
    let types: [EventType]

    static var example: WebhookTypesBody { WebhookTypesBody(types: [EventType("enrollment.created", .enrollments)]) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", types.map(TypeBody.init)) }
    }

    private struct TypeBody: JSONWritable {
        let type: EventType

        func write(to json: inout JSONWriter) {
            json.object { object in
                object.field("name", type.name)
                object.field("topic", type.topic.rawValue)
                object.field("version", type.version)
            }
        }
    }
}

extension WebhookEndpoint {
    fileprivate static func example(isFailing: Bool) -> WebhookEndpoint {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return WebhookEndpoint(
            id: .example,
            url: .example,
            description: "Student information system",
            filter: WebhookFilter(["enrollment.created"]) ?? .everything,
            isOrdered: false,
            disabled: isFailing ? .failing : nil,
            version: 1,
            failures: isFailing ? 10 : 0,
            failingSince: isFailing ? time : nil,
            lastSuccessAt: isFailing ? time : nil,
            createdAt: time,
            updatedAt: time,
            rotatedAt: time,
            previousSecretEndsAt: isFailing ? time.addingTimeInterval(86_400) : nil
        )
    }
}

extension WebhookDelivery {
    fileprivate static func example(isPending: Bool) -> WebhookDelivery {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return WebhookDelivery(
            id: .example,
            endpoint: .example,
            event: .example,
            type: "enrollment.created",
            payload: #"{"type":"enrollment.created","timestamp":"2027-01-15T08:00:00.000Z","data":{}}"#,
            isTest: false,
            status: isPending ? .pending : .delivered,
            attempts: isPending ? 2 : 0,
            nextAttemptAt: isPending ? time.addingTimeInterval(300) : nil,
            createdAt: time,
            finishedAt: isPending ? nil : time,
            lastAttempt: isPending ? [WebhookAttempt].examples.last : nil
        )
    }
}

extension [WebhookAttempt] {
    fileprivate static var examples: [WebhookAttempt] {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return [
            WebhookAttempt(
                number: 1,
                startedAt: time,
                duration: .milliseconds(120),
                status: 500,
                error: nil,
                reply: "out of order"
            ),
            WebhookAttempt(
                number: 2,
                startedAt: time.addingTimeInterval(5),
                duration: .milliseconds(5_000),
                status: nil,
                error: "unreachable",
                reply: nil
            ),
        ]
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
