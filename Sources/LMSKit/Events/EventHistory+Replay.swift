// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Whom a replay may name.
@nonexhaustive
public enum ReplayedConsumers: Sendable, Hashable {
    /// Those that are known.
    case known
    /// Also one that nobody has yet: it waits for who registers it.
    case new
}

extension EventHistory {
    /// The most events that one replay gives.
    public static let replayLimit = 10_000

    /// Shows a consumer again what happened in a time, marked as replays: who tells people passes them over.
    ///
    /// That is recorded in the audit log first, and then done in parts. What the consumer has seen it is not shown twice, so after a
    /// failure, or where there was more, the same replay goes on.
    ///
    /// - Parameters:
    ///   - replay: Which events, and to whom.
    ///   - consumers: Whom it may name.
    ///   - outbox: The events of all tenants.
    ///   - tenants: Opens the transaction.
    ///   - principal: Who asks.
    /// - Returns: How many were new to the consumer, `replayLimit` at most.
    /// - Throws: `EventHistoryError.forbidden` without `event:manage`; `.notKept` if the time begins before what is kept;
    ///   `.consumerNotFound`; `.database`.
    public func replay(
        _ replay: EventReplay,
        into consumers: ReplayedConsumers,
        outbox: Outbox,
        tenants: Tenants,
        as principal: Principal
    ) async throws(EventHistoryError) -> ReplayedEvents {
        guard principal.may(.eventManage, on: .foreign) else { throw .forbidden }
        let start = replay.keptSince(at: clock.now())
        guard replay.from >= start else { throw .notKept(since: start) }
        return try await EventHistoryError.translating {
            if consumers == .known, try await !outbox.consumers().contains(replay.consumer) {
                throw EventHistoryError.consumerNotFound
            }
            try await tenants.transaction(for: replay.tenant, as: principal) { session in
                try await audit.record(AuditEvent("event.range_replayed"), session: session)
            }
            return try await outbox.replay(replay, limit: Self.replayLimit)
        }
    }
}

extension EventReplay {
    /// From when on all events of these types are kept: as long as those of the topic that goes first.
    ///
    /// Without types those count that most topics are kept; notifications, which nobody does anything with later, go after a day.
    func keptSince(at now: Date) -> Date {
        let wanted = types.map { names in EventType.all.filter { names.contains($0.name) } } ?? []
        let days = wanted.map(\.topic.retentionDays).min() ?? EventTopic.courses.retentionDays
        return now.addingTimeInterval(-86_400 * Double(days))
    }
}
