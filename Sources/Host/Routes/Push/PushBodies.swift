// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/push/subscriptions/{subscriptionId}`.
struct PushSubscriptionPath: PathParameters {
    let subscriptionId: PushSubscription.ID

    init(fields: inout FieldReader) {
        subscriptionId = fields.required("subscriptionId", .id())
    }
}

/// `POST /api/v1/push/subscriptions`: what `PushSubscription.toJSON()` gives, or an app's token.
struct PushDeviceRequest: RequestBody {
    let label: String?
    private let endpoint: String?
    private let keys: Keys?
    private let token: PushTokenRequest.Token?

    init(fields: inout FieldReader) {
        endpoint = fields.optional("endpoint", .text(1...2_048, example: "https://push.example.net/send/Zk3r"))
        keys = fields.optional("keys", .object(Keys.self))
        token = PushTokenRequest.Token(fields: &fields)
        label = fields.optional("label", .text(1...100, example: "Firefox on the laptop"))
        // Browsers send it, and it says nothing: services tell by 404 or 410 that a subscription is over.
        fields.ignored("expirationTime")
    }

    /// The device.
    ///
    /// - Throws: `.pushDeviceInvalid` if it is none, or two.
    func target() throws(Problem) -> PushTarget {
        switch (endpoint, keys, token) {
        case (let endpoint?, let keys?, nil):
            guard let target = PushTarget.web(endpoint: endpoint, key: keys.key, secret: keys.secret) else {
                throw Problem(.pushDeviceInvalid)
            }
            return target
        case (nil, nil, let token?): return try token.target()
        default: throw Problem(.pushDeviceInvalid)
        }
    }

    struct Keys: FieldStructure {
        let key: String
        let secret: String

        init(fields: inout FieldReader) {
            key = fields.required("p256dh", .text(1...100))
            secret = fields.required("auth", .text(1...40))
        }
    }
}

/// `POST /api/v1/users/push-token`.
struct PushTokenRequest: RequestBody {
    private let token: String
    private let platform: Platform

    init(fields: inout FieldReader) {
        token = fields.required("token", .text(1...4_096, example: String(repeating: "0a", count: 32)))
        platform = fields.required("platform", .choice(Platform.ios))
    }

    /// The device.
    ///
    /// - Throws: `.pushDeviceInvalid` if it is none.
    func target() throws(Problem) -> PushTarget { try Token(text: token, platform: platform).target() }

    /// What runs the app.
    enum Platform: String, Sendable, CaseIterable {
        case ios
        case android
    }

    /// An app's token.
    struct Token: Sendable {
        let text: String
        let platform: Platform

        init(text: String, platform: Platform) {
            self.text = text
            self.platform = platform
        }

        init?(fields: inout FieldReader) {
            let text = fields.optional("token", .text(1...4_096, example: String(repeating: "0a", count: 32)))
            let platform = fields.optional("platform", .choice(Platform.ios))
            guard let text else { return nil }
            guard let platform else {
                fields.refuse("platform", .required)
                return nil
            }
            self.init(text: text, platform: platform)
        }

        func target() throws(Problem) -> PushTarget {
            let target: PushTarget? =
                switch platform {
                case .ios: .apns(text)
                case .android: .fcm(text)
                }
            guard let target else { throw Problem(.pushDeviceInvalid) }
            return target
        }
    }
}

/// `GET /api/v1/push/vapid-key`.
struct PushKeyBody: ResponseBody {
    let key: [UInt8]

    static var example: PushKeyBody { PushKeyBody(key: [4] + Array(repeating: 7, count: 64)) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("publicKey", Base64URL.encode(key)) }
    }
}

/// A device without where it listens.
struct PushSubscriptionBody: ResponseBody {
    let subscription: PushSubscription
    /// Whether it was registered in the sign-in that asks.
    let isCurrent: Bool

    static var example: PushSubscriptionBody {
        PushSubscriptionBody(subscription: .example(isUsed: true), isCurrent: true)
    }
    static var variations: [PushSubscriptionBody] {
        [PushSubscriptionBody(subscription: .example(isUsed: false), isCurrent: false)]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", subscription.id)
            object.field("kind", subscription.kind.rawValue)
            object.field("label", subscription.label)
            object.field("current", isCurrent)
            object.field("createdAt", subscription.createdAt)
            object.field("registeredAt", subscription.registeredAt)
            object.field("lastSuccessAt", subscription.succeededAt)
            object.field("lastFailureAt", subscription.failedAt)
            object.field("lastFailure", subscription.failure)
        }
    }
}

/// `GET /api/v1/push/subscriptions`.
struct PushSubscriptionListBody: ResponseBody {
    let subscriptions: [PushSubscription]
    let current: SignInSession.ID?

    static var example: PushSubscriptionListBody {
        PushSubscriptionListBody(subscriptions: [.example(isUsed: true), .example(isUsed: false)], current: .example)
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field(
                "items",
                subscriptions.map { PushSubscriptionBody(subscription: $0, isCurrent: $0.session == current) }
            )
        }
    }
}

/// What became of a message to each device.
struct PushAttemptListBody: ResponseBody {
    let attempts: [PushDelivery.Attempt]

    static var example: PushAttemptListBody {
        PushAttemptListBody(attempts: [.example(.rejected(code: "SENDER_ID_MISMATCH")), .example(.delivered)])
    }
    static var variations: [PushAttemptListBody] {
        [PushAttemptListBody(attempts: [.example(.retryAfter(seconds: 60))])]
    }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", attempts.map(PushAttemptBody.init)) }
    }
}

private struct PushAttemptBody: JSONWritable {
    let attempt: PushDelivery.Attempt

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("subscriptionId", attempt.subscription)
            object.field("kind", attempt.kind.rawValue)
            object.field("label", attempt.label)
            PushResultBody(result: attempt.result).writeFields(to: &object)
        }
    }
}

/// What a service answered.
struct PushResultBody: ResponseBody {
    let result: PushResult

    static var example: PushResultBody { PushResultBody(result: .rejected(code: "InvalidProviderToken")) }
    static var variations: [PushResultBody] {
        [PushResultBody(result: .delivered), PushResultBody(result: .retryAfter(seconds: 60))]
    }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    func writeFields(to object: inout JSONWriter) {
        object.field("outcome", result.name)
        object.field("code", result.code)
        if case .retryAfter(let seconds) = result {
            object.field("retryAfterSeconds", seconds)
        } else {
            object.field("retryAfterSeconds", Int?.none)
        }
    }
}

extension PushSubscription {
    fileprivate static func example(isUsed: Bool) -> PushSubscription {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return PushSubscription(
            id: .example,
            kind: .web,
            label: "Firefox on the laptop",
            createdAt: time,
            registeredAt: time,
            succeededAt: isUsed ? time : nil,
            failedAt: isUsed ? time : nil,
            failure: isUsed ? "retry_after" : nil,
            session: .example
        )
    }
}

extension PushDelivery.Attempt {
    fileprivate static func example(_ result: PushResult) -> PushDelivery.Attempt {
        PushDelivery.Attempt(subscription: .example, kind: .fcm, label: "Academy for Android", result: result)
    }
}
