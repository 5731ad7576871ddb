// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Which notifications a list has.
public struct NotificationQuery: Sendable, Hashable {
    /// Whether it has those that were not read alone.
    public var isUnread: Bool
    /// Those of which type; all if `nil`.
    public var type: NotificationType?

    /// Describes a list.
    ///
    /// - Parameters:
    ///   - isUnread: Whether it has those that were not read alone.
    ///   - type: Those of which type.
    public init(isUnread: Bool = false, type: NotificationType? = nil) {
        self.isUnread = isUnread
        self.type = type
    }

    fileprivate var order: String { "\(isUnread ? "unread" : "all").\(type?.rawValue ?? "any")" }
}

extension Notifications {
    /// Lists what somebody was told, the newest first, in one round trip.
    ///
    /// - Parameters:
    ///   - query: Which.
    ///   - user: Who; the reader themselves if `nil`.
    ///   - voice: How it is worded.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `NotificationError.usersOnly`; `.userNotFound` for another's without `notification:log`; `.invalidPosition`.
    public func list(
        _ query: NotificationQuery = NotificationQuery(),
        of user: User.ID? = nil,
        in voice: NotificationVoice,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(NotificationError) -> Page<UserNotification> {
        let owner = try Self.owner(user, reader.principal)
        var before: Int?
        if let position {
            guard position.order == query.order, let place = Int(position.key) else { throw .invalidPosition }
            before = place
        }
        let statement = SQL.listNotifications(query, of: owner, before: before, at: clock.now(), limit: limit.withProbe)
        return try await NotificationError.translating {
            let rows = try await reader.read([
                .selectNotificationTexts(in: voice.language), statement, .selectNotifiedUser(owner),
            ])
            guard !rows[2].isEmpty else { throw NotificationError.userNotFound }
            let renderer = try NotificationRenderer(voice, overrides: rows[0])
            return Page(cutting: try rows[1].map { try UserNotification(row: $0, renderer) }, limit: limit.count) {
                PagePosition(order: query.order, key: String($0.position), id: $0.id.uuid)
            }
        }
    }

    /// Reads what a user was told after a place, the oldest first: nothing that is committed later can come before it.
    ///
    /// - Parameters:
    ///   - position: The place of the last one that was seen; 0 for the first.
    ///   - user: Who.
    ///   - voice: How it is worded.
    ///   - limit: The most to return, 1 through 100.
    ///   - reader: Who reads in which tenant.
    /// - Returns: What is shown of it and not out of date.
    /// - Throws: `NotificationError.userNotFound` for another's without `notification:log`; `.database`.
    public func after(
        position: Int,
        of user: User.ID,
        in voice: NotificationVoice,
        limit: Int = 100,
        reader: TenantReader
    ) async throws(NotificationError) -> [UserNotification] {
        let owner = try Self.owner(user, reader.principal)
        let statement = SQL.selectNotifications(
            of: owner,
            after: position,
            at: clock.now(),
            limit: min(max(limit, 1), 100)
        )
        return try await NotificationError.translating {
            let rows = try await reader.read([.selectNotificationTexts(in: voice.language), statement])
            let renderer = try NotificationRenderer(voice, overrides: rows[0])
            return try rows[1].map { try UserNotification(row: $0, renderer) }
        }
    }

    /// Returns the place of what a user was told last, so that somebody may start to listen there.
    ///
    /// - Parameters:
    ///   - user: Who.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The place; 0 if they were told nothing.
    /// - Throws: `NotificationError.userNotFound` for another's without `notification:log`; `.database`.
    public func lastPosition(of user: User.ID, reader: TenantReader) async throws(NotificationError) -> Int {
        let owner = try Self.owner(user, reader.principal)
        return try await NotificationError.translating {
            try await reader.read(.selectLastPosition(of: owner)).only?["last_position"] ?? 0
        }
    }

    /// Reads one of the reader's own.
    ///
    /// - Parameters:
    ///   - id: The notification.
    ///   - voice: How it is worded.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The notification.
    /// - Throws: `NotificationError.notFound` if it is none of theirs, was deleted or is out of date.
    public func fetch(
        _ id: UserNotification.ID,
        in voice: NotificationVoice,
        reader: TenantReader
    ) async throws(NotificationError) -> UserNotification {
        guard let owner = reader.principal.user else { throw .notFound }
        return try await NotificationError.translating {
            let rows = try await reader.read([
                .selectNotificationTexts(in: voice.language), .selectNotification(id, of: owner, at: clock.now()),
            ])
            let renderer = try NotificationRenderer(voice, overrides: rows[0])
            guard let row = rows[1].only else { throw NotificationError.notFound }
            return try UserNotification(row: row, renderer)
        }
    }

    /// Counts what the reader has not read, and all that they have, by type.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: The numbers.
    /// - Throws: `NotificationError.usersOnly`; `.database`.
    public func count(reader: TenantReader) async throws(NotificationError) -> NotificationCounts {
        let owner = try Self.owner(nil, reader.principal)
        return try await NotificationError.translating {
            let rows = try await reader.read(.countNotifications(of: owner, at: clock.now()))
            var byType: [NotificationCounts.OfType] = []
            for row in rows { byType.append(.init(type: try row[0], unread: try row[1], all: try row[2])) }
            return NotificationCounts(byType: byType)
        }
    }

    /// Counts what the reader has not read.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: How many.
    /// - Throws: `NotificationError.usersOnly`; `.database`.
    public func countUnread(reader: TenantReader) async throws(NotificationError) -> Int {
        let owner = try Self.owner(nil, reader.principal)
        return try await NotificationError.translating {
            try await reader.read(.countUnreadNotifications(of: owner, at: clock.now())).only?[0] ?? 0
        }
    }

    /// Whose notifications are meant; refuses those of others to whoever may not see them.
    static func owner(_ user: User.ID?, _ principal: Principal) throws(NotificationError) -> User.ID {
        guard let user else {
            guard let own = principal.user else { throw .usersOnly }
            return own
        }
        guard principal.may(.notificationLog, on: .foreign) || principal.user == user else { throw .userNotFound }
        return user
    }
}

/// How many notifications somebody has.
public struct NotificationCounts: Sendable, Hashable {
    /// By their types; types without any are left out.
    public let byType: [OfType]

    /// How many of one type.
    public struct OfType: Sendable, Hashable {
        /// The type.
        public let type: NotificationType
        /// How many were not read.
        public let unread: Int
        /// How many there are.
        public let all: Int

        package init(type: NotificationType, unread: Int, all: Int) {
            self.type = type
            self.unread = unread
            self.all = all
        }
    }

    package init(byType: [OfType]) {
        self.byType = byType
    }

    /// How many were not read.
    public var unread: Int { byType.reduce(0) { $0 + $1.unread } }
    /// How many there are.
    public var all: Int { byType.reduce(0) { $0 + $1.all } }
}
