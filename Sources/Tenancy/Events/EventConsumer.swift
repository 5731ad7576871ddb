// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Somebody who reacts to events, each one once.
public struct EventConsumer: Sendable {
    /// Reacts within a transaction of the event's tenant, which also notes that it did.
    ///
    /// The effect and the note are one: what it throws undoes both, and it is tried again.
    public typealias Reaction = @Sendable (RecordedEvent, borrowing TenantSession) async throws -> Void
    /// Reacts outside of any transaction, at least once, with the event's identifier to tell a repetition by.
    public typealias Effect = @Sendable (RecordedEvent) async throws -> Void

    /// What it is called, for ever: by it is known what it has seen.
    public let name: String
    /// The types that it takes; `nil` for all.
    public let types: Set<EventType>?
    /// What it does with events that are shown again.
    public let replays: Replays
    /// How it reacts; for who runs consumers.
    package let way: Way

    /// How a consumer reacts.
    package enum Way: Sendable {
        /// Within the transaction that also notes it.
        case inTransaction(Reaction)
        /// Outside of any transaction.
        case outside(Effect)
    }

    /// What a consumer does with events that are shown again on somebody's wish.
    public enum Replays: Sendable, Hashable {
        /// It takes them like others.
        case taken
        /// They are noted as done without it, such as where people would be told a second time.
        case passedOver
    }

    /// Makes one that changes the tenant's own data.
    ///
    /// - Parameters:
    ///   - name: What it is called, for ever.
    ///   - types: The types that it takes; `nil` for all.
    ///   - replays: What it does with events that are shown again.
    ///   - react: Reacts, as the principal `.system(name)`.
    public init(
        _ name: StaticString,
        to types: Set<EventType>?,
        replays: Replays = .passedOver,
        react: @escaping Reaction
    ) {
        self.name = name.description
        self.types = types
        self.replays = replays
        way = .inTransaction(react)
    }

    /// Makes one that tells somebody outside of the database.
    ///
    /// - Parameters:
    ///   - name: What it is called, for ever.
    ///   - types: The types that it takes; `nil` for all.
    ///   - replays: What it does with events that are shown again.
    ///   - effect: Tells them; it must come to an end by itself within 15 s.
    public init(
        _ name: StaticString,
        to types: Set<EventType>?,
        replays: Replays = .passedOver,
        outside effect: @escaping Effect
    ) {
        self.name = name.description
        self.types = types
        self.replays = replays
        way = .outside(effect)
    }
}
