// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Tells people what happened, by the channels that they want, and keeps what they were told.
///
/// What somebody is told is written in the transaction of its cause, with one delivery for each channel; mail, messages to devices and
/// text messages leave after the commit. Every notification has a place among its user's that follows the order of commits, so that whoever
/// reads after a place misses nothing and sees nothing twice.
public struct Notifications: Sendable {
    let mail: Mail
    let cryptography: any Cryptography
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// How many notifications are kept of one user; the oldest that were read go first.
    public static let limit = 1_000

    /// Tells users something, each once.
    ///
    /// Who is no active member is left out, and so is who was told because of the same cause before. The users' counters are locked until the
    /// transaction ends, in the order of identifiers.
    ///
    /// - Parameters:
    ///   - users: Who is told, 500 at most.
    ///   - draft: What they are told.
    ///   - session: The transaction of its cause; the caller commits it.
    /// - Returns: How many were told.
    /// - Throws: `NotificationError.keys`; `.database`.
    @discardableResult
    public func notify(
        _ users: [User.ID],
        _ draft: NotificationDraft,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> Int {
        guard !users.isEmpty else { return 0 }
        let now = clock.now()
        do {
            let rows = try await session.execute(.selectRecipients(users, of: draft.type, in: draft.course, at: now))
            let recipients = try rows.map(NotificationRecipient.init(row:))
            return try await tell(recipients, draft, at: now, session: session)
        } catch {
            throw NotificationError(error)
        }
    }

    /// Tells recipients something and plans how it goes out.
    func tell(
        _ recipients: [NotificationRecipient],
        _ draft: NotificationDraft,
        at now: Date,
        session: borrowing TenantSession
    ) async throws -> Int {
        guard !recipients.isEmpty else { return 0 }
        let entries = recipients.map { recipient in
            NotificationEntry(
                id: identifiers.next(),
                recipient: recipient,
                plans: NotificationPolicy.plans(for: draft, to: recipient, at: now)
            )
        }
        let expiresAt = draft.expiresAt ?? now.addingTimeInterval(Double(draft.type.days) * 86_400)
        let inserted = try await session.execute(.insertNotifications(entries, draft, at: now, until: expiresAt))
        guard !inserted.isEmpty else { return 0 }
        var told: Set<UserNotification.ID> = []
        var places: [(id: UserNotification.ID, user: User.ID, position: Int)] = []
        var crowded: [User.ID] = []
        for row in inserted {
            let id: UserNotification.ID = try row["id"]
            let user: User.ID = try row["user_id"]
            let position: Int = try row["position"]
            told.insert(id)
            places.append((id, user, position))
            if position > Self.limit { crowded.append(user) }
            session.announce(.news(of: user.uuid))
        }
        let fresh = entries.filter { told.contains($0.id) }
        var statements = try await deliveries(of: fresh, draft.type, at: now, until: expiresAt, session: session)
        let principal = session.principal
        if draft.announcement == nil {
            statements += places.map { event(of: $0, draft.type, at: now, by: principal) }
        }
        if !crowded.isEmpty { statements.append(.trimNotifications(of: crowded, to: Self.limit, at: now)) }
        try await session.batch(statements)
        return fresh.count
    }
}

extension Notifications {
    /// The event that somebody was told something; what many are told at once has one of its own.
    ///
    /// It is the user's: the lock on their counter, which gives the position, keeps the events in the order of the positions.
    fileprivate func event(
        of place: (id: UserNotification.ID, user: User.ID, position: Int),
        _ type: NotificationType,
        at now: Date,
        by principal: Principal
    ) -> SQL {
        .recordEvent(
            Event(
                identifiers.next(),
                .notificationCreated,
                of: place.user,
                payload: [
                    JSONMember(name: "notificationId", value: .string(place.id.description)),
                    JSONMember(name: "userId", value: .string(place.user.description)),
                    JSONMember(name: "position", value: .number(String(place.position))),
                    JSONMember(name: "notificationType", value: .string(type.rawValue)),
                ],
                at: now
            ),
            by: principal
        )
    }
}

/// A notification that is being written.
struct NotificationEntry: Sendable {
    let id: UserNotification.ID
    let recipient: NotificationRecipient
    let plans: [NotificationPlan]

    var isShown: Bool { plans.contains { $0.channel == .inApp && $0.status == .sent } }
}

extension NotificationError {
    init(_ error: any Error) {
        switch error {
        case let error as NotificationError: self = error
        case let error as DatabaseError: self = NotificationError(error)
        case MailError.database(let error): self = .database(error)
        case KeyError.database(let error): self = .database(error)
        case is MailError, is KeyError: self = .keys
        default: self = .database(.cancelled)
        }
    }
}
