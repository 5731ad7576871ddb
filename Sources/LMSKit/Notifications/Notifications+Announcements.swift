// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// Tells many something; a job tells them, a part at a time.
    ///
    /// - Parameters:
    ///   - new: What, and to whom.
    ///   - tenant: The tenant.
    ///   - session: Its open transaction.
    /// - Returns: The announcement; one to named users has been told when this returns.
    /// - Throws: `NotificationError.forbidden` without `notification:send` on the audience, or for what is urgent without it for everybody;
    ///   `.courseNotFound`; `.userNotFound` if one of named users is no active member; `.textNeeded` without a text in the tenant's language; `.invalidText`; `.keys`; `.database`.
    public func announce(
        _ new: NewAnnouncement,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> Announcement {
        try check(new, at: tenant)
        try await authorize(new, session: session)
        do {
            let now = clock.now()
            let id: Announcement.ID = identifiers.next()
            let end = now.addingTimeInterval(Double(new.days) * 86_400)
            let rows = try await session.batch([
                .countAudience(new.audience),
                .insertAnnouncement(id, new, by: session.principal.user, at: now, until: end),
                audit.recording(AuditEvent("notification.announced", on: id), by: session.principal),
                .recordEvent(
                    Event(
                        identifiers.next(),
                        .announcementCreated,
                        of: id,
                        payload: [
                            JSONMember(name: "announcementId", value: .string(id.description)),
                            JSONMember(name: "audience", value: .string(new.audience.kind)),
                        ],
                        at: now
                    ),
                    by: session.principal
                ),
            ])
            let expected: Int = try rows[0].only?[0] ?? 0
            if case .users(let users) = new.audience, expected < Set(users).count {
                throw NotificationError.userNotFound
            }
            try await session.execute(.expectAudience(expected, of: id))
            if case .users = new.audience {
                _ = try await reachNext(id, session: session)
            } else {
                try await session.execute(.enqueueJob(.notificationFanOut, id.uuid, at: now))
            }
            guard let row = try await session.execute(.selectAnnouncement(id)).only else {
                throw NotificationError.announcementNotFound
            }
            return try Announcement(row: row)
        } catch {
            throw NotificationError(error)
        }
    }

    /// Shows how an announcement would look, and how many it would reach; nothing is stored.
    ///
    /// - Parameters:
    ///   - new: What, and to whom.
    ///   - tenant: The tenant.
    ///   - session: Its open transaction.
    /// - Returns: The preview.
    /// - Throws: As `announce`.
    public func preview(
        _ new: NewAnnouncement,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> AnnouncementPreview {
        try check(new, at: tenant)
        try await authorize(new, session: session)
        return try await NotificationError.translating {
            let expected: Int = try await session.execute(.countAudience(new.audience)).only?[0] ?? 0
            var texts: [Language: NotificationText] = [:]
            for language in Language.allCases { texts[language] = new.text(in: language) }
            return AnnouncementPreview(texts: texts, expected: expected)
        }
    }

    /// Stops an announcement; those who were told keep it.
    ///
    /// - Parameters:
    ///   - id: The announcement.
    ///   - session: The tenant's open transaction.
    /// - Returns: The announcement, which is `canceled`.
    /// - Throws: `NotificationError.announcementNotFound` for one of somebody else's without `notification:send` for everybody; `.ended`.
    public func cancel(
        _ id: Announcement.ID,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> Announcement {
        let principal = session.principal
        return try await NotificationError.translating {
            let rows = try await session.batch([.lockAnnouncement(id), .selectAnnouncement(id)])
            guard let row = rows[1].only else { throw NotificationError.announcementNotFound }
            let announcement = try Announcement(row: row)
            try Self.require(announcement, principal)
            guard announcement.finishedAt == nil else { throw NotificationError.ended }
            let replies = try await session.batch([
                .endAnnouncement(id, as: .canceled, at: clock.now()),
                audit.recording(AuditEvent("notification.announcement_canceled", on: id), by: principal),
                .selectAnnouncement(id),
            ])
            guard let row = replies[2].only else { throw NotificationError.announcementNotFound }
            return try Announcement(row: row)
        }
    }

    /// Shows an announcement and how far it is.
    ///
    /// - Parameters:
    ///   - id: The announcement.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The announcement.
    /// - Throws: `NotificationError.announcementNotFound` for one of somebody else's without `notification:send` for everybody.
    public func announcement(
        _ id: Announcement.ID,
        reader: TenantReader
    ) async throws(NotificationError) -> Announcement {
        try await NotificationError.translating {
            guard let row = try await reader.read(.selectAnnouncement(id)).only else {
                throw NotificationError.announcementNotFound
            }
            let announcement = try Announcement(row: row)
            try Self.require(announcement, reader.principal)
            return announcement
        }
    }

    /// Lists announcements, the newest first: one's own, or everybody's with `notification:send` for everybody.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `NotificationError.forbidden` without `notification:send`; `.invalidPosition`.
    public func announcements(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(NotificationError) -> Page<Announcement> {
        let principal = reader.principal
        guard principal.may(.notificationSend, on: .own) else { throw .forbidden }
        if let position, position.order != "announcements" { throw .invalidPosition }
        let author: User.ID? = principal.may(.notificationSend, on: .foreign) ? nil : principal.user
        guard author != nil || principal.may(.notificationSend, on: .foreign) else { return Page(items: [], next: nil) }
        return try await NotificationError.translating {
            let before = position.map { Announcement.ID($0.id) }
            let rows = try await reader.read(.listAnnouncements(of: author, before: before, limit: limit.withProbe))
            return Page(cutting: try rows.map(Announcement.init(row:)), limit: limit.count) {
                PagePosition(order: "announcements", id: $0.id.uuid)
            }
        }
    }

    private func check(_ new: NewAnnouncement, at tenant: Tenant) throws(NotificationError) {
        let language = Language(rawValue: tenant.settings.locale) ?? .english
        guard new.texts[language] != nil else { throw .textNeeded(language: language.rawValue) }
        for text in new.texts.values { try text.check() }
    }

    /// Refuses an audience that is not the principal's to tell things.
    private func authorize(_ new: NewAnnouncement, session: borrowing TenantSession) async throws(NotificationError) {
        let principal = session.principal
        if principal.may(.notificationSend, on: .foreign) {
            guard case .course(let id) = new.audience else { return }
            try await NotificationError.translating {
                guard try await session.execute(.selectCourse(id)).only != nil else {
                    throw NotificationError.courseNotFound
                }
            }
            return
        }
        guard case .course(let id) = new.audience else { throw .forbidden }
        try await NotificationError.translating {
            guard let course = try await session.execute(.selectCourse(id)).only.map(Course.init(row:)) else {
                throw NotificationError.courseNotFound
            }
            if principal.may(.notificationSend, as: course.role(of: principal)) { return }
            throw CoursePolicy.isKnown(course, to: principal)
                ? NotificationError.forbidden : NotificationError.courseNotFound
        }
        // What breaks through everybody's quiet hours is for those who answer for the whole tenant.
        guard new.priority != .urgent else { throw .forbidden }
    }

    private static func require(_ announcement: Announcement, _ principal: Principal) throws(NotificationError) {
        if principal.may(.notificationSend, on: .foreign) { return }
        guard announcement.author != nil, announcement.author == principal.user else { throw .announcementNotFound }
    }
}
