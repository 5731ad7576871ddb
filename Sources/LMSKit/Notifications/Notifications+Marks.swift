// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Notifications {
    /// Which of their notifications somebody has read.
    public enum Marked: Sendable, Hashable {
        /// These, 100 at most; those that are not theirs are left alone.
        case these([UserNotification.ID])
        /// All up to a place, so that what came since they looked stays unread.
        case all(upTo: Int?)
    }

    /// Notes that the principal has read one of theirs; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The notification.
    ///   - voice: How it is worded.
    ///   - session: The tenant's open transaction.
    /// - Returns: The notification.
    /// - Throws: `NotificationError.notFound` if it is none of theirs.
    public func markRead(
        _ id: UserNotification.ID,
        in voice: NotificationVoice,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> UserNotification {
        guard let owner = session.principal.user else { throw .notFound }
        return try await NotificationError.translating {
            let now = clock.now()
            let rows = try await session.batch([
                .markRead([id], of: owner, at: now), .selectNotificationTexts(in: voice.language),
                .selectNotification(id, of: owner, at: now),
            ])
            let renderer = try NotificationRenderer(voice, overrides: rows[1])
            guard let row = rows[2].only else { throw NotificationError.notFound }
            if rows[0].affected > 0 { session.announce(.news(of: owner.uuid)) }
            return try UserNotification(row: row, renderer)
        }
    }

    /// Notes that the principal has read several of theirs.
    ///
    /// - Parameters:
    ///   - marked: Which.
    ///   - session: The tenant's open transaction.
    /// - Returns: How many were not read before, and how many still are not.
    /// - Throws: `NotificationError.usersOnly`; `.database`.
    public func markRead(
        _ marked: Marked,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> (marked: Int, unread: Int) {
        let owner = try Self.owner(nil, session.principal)
        return try await NotificationError.translating {
            let now = clock.now()
            let statement: SQL =
                switch marked {
                case .these(let ids): .markRead(ids, of: owner, at: now)
                case .all(let place): .markAllRead(of: owner, upTo: place, at: now)
                }
            let rows = try await session.batch([statement, .countUnreadNotifications(of: owner, at: now)])
            if rows[0].affected > 0 { session.announce(.news(of: owner.uuid)) }
            return (rows[0].affected, try rows[1].only?[0] ?? 0)
        }
    }

    /// Takes one of the principal's own away.
    ///
    /// That they were told is kept until it expires, without the words, so that they are not told again.
    ///
    /// - Parameters:
    ///   - id: The notification.
    ///   - session: The tenant's open transaction.
    /// - Throws: `NotificationError.notFound` if it is none of theirs.
    public func delete(_ id: UserNotification.ID, session: borrowing TenantSession) async throws(NotificationError) {
        guard let owner = session.principal.user else { throw .notFound }
        try await NotificationError.translating {
            let deleted = try await session.execute(.deleteNotification(id, of: owner, at: clock.now()))
            guard deleted.affected > 0 else { throw NotificationError.notFound }
            session.announce(.news(of: owner.uuid))
        }
    }
}
