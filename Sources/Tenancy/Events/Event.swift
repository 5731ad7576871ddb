// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// Something that happened, to be recorded in the transaction that makes it so.
///
/// The payload refers: identifiers, states, numbers and dates. Names, addresses and texts are read by whoever reacts, from the tenant's
/// own rows, so that nothing personal is kept outside of them.
public struct Event: Sendable {
    /// The identifier, by which a consumer knows what it has seen.
    public typealias ID = Identifier<Event>
    /// The identifier.
    public let id: ID
    /// What happened.
    public let type: EventType
    /// What it happened to.
    ///
    /// Events of one aggregate reach a consumer in the order in which they were recorded.
    public let aggregate: UUID
    /// What a consumer needs to know besides, 4 KB at most.
    public let payload: [JSONMember]
    /// When it happened.
    public let occurredAt: Date

    /// Describes what happened.
    ///
    /// - Parameters:
    ///   - id: The identifier, a new one.
    ///   - type: What happened.
    ///   - aggregate: What it happened to; the caller holds its row's lock, so that no other event of it is recorded meanwhile.
    ///   - payload: What a consumer needs to know besides.
    ///   - occurredAt: When it happened.
    public init<Aggregate>(
        _ id: ID,
        _ type: EventType,
        of aggregate: Identifier<Aggregate>,
        payload: [JSONMember] = [],
        at occurredAt: Date
    ) {
        self.id = id
        self.type = type
        self.aggregate = aggregate.uuid
        self.payload = payload
        self.occurredAt = occurredAt
    }
}

/// An event as it was recorded.
public struct RecordedEvent: Sendable {
    /// The identifier.
    public let id: Event.ID
    /// Where it stands among the events of its cell: later ones have higher numbers.
    public let position: Int
    /// Whose it is.
    public let tenant: TenantID
    /// The name of the type; one that this version does not know reaches only those who take everything.
    public let type: String
    /// The name of the stream that the type belongs to.
    public let topic: String
    /// The version of the payload's schema.
    public let version: Int
    /// What it happened to.
    public let aggregate: UUID
    /// Who did it, as the audit log names them; `nil` for the platform itself.
    public let actor: String?
    /// The trace of the request that made it happen (W3C Trace Context), 32 hexadecimal digits.
    public let traceID: String?
    /// What a consumer needs to know besides: an object.
    public let payload: JSONValue
    /// When it happened.
    public let occurredAt: Date
    /// Whether it is shown again on somebody's wish, after the time of its own: who tells people of it keeps quiet then.
    public let isReplay: Bool
}
