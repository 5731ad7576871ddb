// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes a request that is sent twice happen once.
///
/// Key, effect and reply are written in one transaction, so there is no moment at which one exists without the others: after a
/// crash, or a reply to COMMIT that was lost, the repetition either finds the first reply or is the first.
public struct IdempotencyKeys: Sendable {
    private let clock: WallClock

    /// How long a key is remembered.
    static let lifetime: Double = 24 * 3600

    /// Makes the service.
    ///
    /// - Parameter clock: Dates the keys.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// Claims a key before anything else is done; forgets the actor's keys that are older than a day.
    ///
    /// If another transaction is at work under the same key, this waits until it ends.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - fingerprint: A digest of the request.
    ///   - session: The transaction that will do what is asked; the caller commits it.
    /// - Returns: Whether to go on.
    /// - Throws: `DatabaseError` if the server refused it.
    public func claim(
        _ key: IdempotencyKey,
        fingerprint: [UInt8],
        session: borrowing TenantSession
    ) async throws(DatabaseError) -> IdempotencyClaim {
        let now = clock.now()
        let replies = try await session.batch([
            .deleteIdempotencyKeys(of: key.actor, before: now.addingTimeInterval(-IdempotencyKeys.lifetime)),
            .insertIdempotencyKey(key, fingerprint: fingerprint, at: now),
        ])
        if replies.last?.affected == 1 { return .new }
        guard let row = try await session.execute(.idempotencyKey(key)).only else { return .new }
        let first: Bytes = try row["fingerprint"]
        guard first.array == fingerprint else { return .reused }
        return .answered(try RecordedReply(row: row))
    }

    /// Records the reply under a key that was claimed in the same transaction.
    ///
    /// - Parameters:
    ///   - reply: The reply.
    ///   - key: The key.
    ///   - session: The transaction; the caller commits it.
    /// - Throws: `DatabaseError` if the server refused it.
    public func record(
        _ reply: RecordedReply,
        under key: IdempotencyKey,
        session: borrowing TenantSession
    ) async throws(DatabaseError) {
        try await session.execute(.updateIdempotencyKey(key, reply: reply))
    }
}
