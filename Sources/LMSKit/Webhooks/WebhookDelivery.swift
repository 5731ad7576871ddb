// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// One event on its way to one endpoint, and what became of it.
public struct WebhookDelivery: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<WebhookDelivery>
    /// The identifier.
    public let id: ID
    /// Where it goes.
    public let endpoint: WebhookEndpoint.ID
    /// The event that it tells of; a test has one of its own.
    public let event: Event.ID
    /// The event's type.
    public let type: String
    /// What is sent, byte by byte.
    public let payload: String
    /// Whether somebody sent it to try the endpoint out.
    public let isTest: Bool
    /// What became of it.
    public let status: Status
    /// How often it was tried.
    public let attempts: Int
    /// When it is tried next, in UTC; `nil` if it is over, or waits for an earlier one of its aggregate.
    public let nextAttemptAt: Date?
    /// When it was queued, in UTC.
    public let createdAt: Date
    /// When it was over, in UTC.
    public let finishedAt: Date?
    /// What became of the last attempt.
    public let lastAttempt: WebhookAttempt?

    /// What became of a delivery.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It is on its way, or waits for its next attempt.
        case pending
        /// The endpoint took it.
        case delivered
        /// The endpoint did not take it, and it is not tried again by itself.
        case failed
        /// The endpoint was disabled before it was sent.
        case canceled
    }

    package init(
        id: ID,
        endpoint: WebhookEndpoint.ID,
        event: Event.ID,
        type: String,
        payload: String,
        isTest: Bool,
        status: Status,
        attempts: Int,
        nextAttemptAt: Date?,
        createdAt: Date,
        finishedAt: Date?,
        lastAttempt: WebhookAttempt?
    ) {
        self.id = id
        self.endpoint = endpoint
        self.event = event
        self.type = type
        self.payload = payload
        self.isTest = isTest
        self.status = status
        self.attempts = attempts
        self.nextAttemptAt = nextAttemptAt
        self.createdAt = createdAt
        self.finishedAt = finishedAt
        self.lastAttempt = lastAttempt
    }

    /// What the receiver knows it by: `webhook-id`, the same at each attempt.
    public var messageID: String { WebhookDelivery.messageID(of: event) }

    static func messageID(of event: Event.ID) -> String { "evt_\(event)" }
}

/// One attempt at a delivery.
public struct WebhookAttempt: Sendable {
    /// Counts the attempts at the delivery, from 1.
    public let number: Int
    /// When it began, in UTC.
    public let startedAt: Date
    /// How long it took.
    public let duration: Duration
    /// The reply's status; `nil` without a reply.
    public let status: Int?
    /// Why there was no reply, as a code.
    public let error: String?
    /// What the reply said, its first 2,000 characters.
    public let reply: String?

    package init(number: Int, startedAt: Date, duration: Duration, status: Int?, error: String?, reply: String?) {
        self.number = number
        self.startedAt = startedAt
        self.duration = duration
        self.status = status
        self.error = error
        self.reply = reply
    }
}

/// Which deliveries are meant.
public struct WebhookDeliveryFilter: Sendable {
    /// Those to one endpoint.
    public var endpoint: WebhookEndpoint.ID?
    /// Those of which this became.
    public var status: WebhookDelivery.Status?
    /// Those of events of this type.
    public var type: String?
    /// Those queued then or later.
    public var from: Date?
    /// Those queued before then.
    public var to: Date?

    /// Describes deliveries.
    ///
    /// - Parameters:
    ///   - endpoint: Those to one endpoint.
    ///   - status: Those of which this became.
    ///   - type: Those of events of this type.
    ///   - from: Those queued then or later.
    ///   - to: Those queued before then.
    public init(
        endpoint: WebhookEndpoint.ID? = nil,
        status: WebhookDelivery.Status? = nil,
        type: String? = nil,
        from: Date? = nil,
        to: Date? = nil
    ) {
        self.endpoint = endpoint
        self.status = status
        self.type = type
        self.from = from
        self.to = to
    }
}

extension WebhookDelivery {
    /// Reads the columns of every statement of `WebhookDeliveries+SQL.swift` that returns deliveries.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        endpoint = try fields.next()
        event = try fields.next()
        type = try fields.next()
        payload = try fields.next()
        isTest = try fields.next()
        status = try fields.next()
        attempts = try fields.next()
        nextAttemptAt = try fields.next()
        createdAt = try fields.next()
        finishedAt = try fields.next()
        let number: Int? = try fields.next()
        lastAttempt = try number.map { number throws(DatabaseError) in
            try WebhookAttempt(number: number, fields: &fields)
        }
    }
}

extension WebhookAttempt {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        let number: Int = try fields.next()
        self = try WebhookAttempt(number: number, fields: &fields)
    }

    fileprivate init(number: Int, fields: inout RowFields) throws(DatabaseError) {
        self.number = number
        startedAt = try fields.next()
        let milliseconds: Int = try fields.next()
        duration = .milliseconds(milliseconds)
        status = try fields.next()
        error = try fields.next()
        reply = try fields.next()
    }
}
