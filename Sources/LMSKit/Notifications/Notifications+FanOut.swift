// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// How many members are told in one transaction.
    static let fanOutChunk = 500

    /// Tells the learners of a course something, because of one cause once; a job tells them, a part at a time.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - draft: What they are told.
    ///   - session: The transaction of its cause; the caller commits it.
    /// - Throws: `NotificationError.database`.
    public func notifyLearners(
        of course: Course.ID,
        _ draft: NotificationDraft,
        session: borrowing TenantSession
    ) async throws(NotificationError) {
        let now = clock.now()
        let id: Announcement.ID = identifiers.next()
        let end = draft.expiresAt ?? now.addingTimeInterval(Double(draft.type.days) * 86_400)
        try await NotificationError.translating {
            let added = try await session.execute(
                .insertFanOut(id, to: course, draft, at: now, until: end)
            )
            guard added.affected > 0 else { return }
            try await session.execute(.enqueueJob(.notificationFanOut, id.uuid, at: now))
        }
    }

    /// Tells an announcement's whole audience, each once, in transactions of their own; whoever goes on after an interruption goes on where
    /// the last transaction ended.
    ///
    /// - Parameters:
    ///   - announcement: The subject of a `notification_fan_out` job.
    ///   - tenant: The tenant whose it is.
    ///   - tenants: Opens the transactions.
    /// - Throws: `NotificationError.keys`; `.database`; what was told before stays.
    public func fanOut(
        _ announcement: Announcement.ID,
        at tenant: TenantID,
        tenants: Tenants
    ) async throws(NotificationError) {
        do {
            var isLeft = true
            while isLeft {
                try Task.checkCancellation()
                isLeft = try await tenants.transaction(for: tenant, as: Self.principal) { session in
                    try await reachNext(announcement, session: session)
                }
            }
        } catch {
            throw NotificationError(error)
        }
    }

    /// Tells the next part of an audience.
    ///
    /// The announcement's row is locked, so that two who work on it take turns, and it is not canceled meanwhile.
    ///
    /// - Returns: Whether there may be more.
    func reachNext(_ id: Announcement.ID, session: borrowing TenantSession) async throws -> Bool {
        let now = clock.now()
        guard let row = try await session.execute(.lockAnnouncement(id)).only else { return false }
        let fanOut = try FanOut(row: row)
        guard fanOut.isOpen else { return false }
        guard fanOut.expiresAt > now else {
            try await session.execute(.endAnnouncement(id, as: .finished, at: now))
            return false
        }
        let rows = try await session.execute(
            .selectAudience(of: id, fanOut, Self.fanOutChunk, at: now)
        )
        let recipients = try rows.map(NotificationRecipient.init(row:))
        var draft = NotificationDraft(
            fanOut.type,
            because: "announcement:\(id)",
            fanOut.parameters,
            link: fanOut.link.map(NotificationLink.init(path:)),
            course: fanOut.course,
            priority: fanOut.priority,
            expiresAt: fanOut.expiresAt
        )
        draft.announcement = id
        // What the platform itself tells goes by everybody's own choice of channels.
        if fanOut.isWritten { draft.channels = Set(fanOut.channels) }
        let told = try await tell(recipients, draft, at: now, session: session)
        let isLeft = recipients.count == Self.fanOutChunk
        try await session.execute(
            .advanceAnnouncement(id, to: recipients.last?.user, told: told, isLeft: isLeft, at: now)
        )
        return isLeft
    }
}

/// Where a fan-out stands.
struct FanOut {
    let isOpen: Bool
    let audience: String
    let role: Role.Name?
    let type: NotificationType
    let priority: NotificationPriority
    let course: Course.ID?
    let parameters: [String: String]
    let link: String?
    let channels: [NotificationChannel]
    let isWritten: Bool
    let reached: User.ID?
    let expiresAt: Date

    init(row: Row) throws(DatabaseError) {
        let status: Announcement.Status = try row["status"]
        isOpen = status == .queued || status == .running
        audience = try row["audience"]
        role = try row["role"]
        type = try row["type"]
        priority = try row["priority"]
        course = try row["course_id"]
        let stored: JSONText = try row["parameters"]
        parameters = try stored.texts
        link = try row["link"]
        channels = try row["channels"]
        isWritten = try row["is_written"]
        reached = try row["reached_id"]
        expiresAt = try row["expires_at"]
    }
}
