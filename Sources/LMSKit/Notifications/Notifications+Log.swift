// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Which deliveries a log has.
public struct NotificationLogQuery: Sendable, Hashable {
    /// Whose; everybody's if `nil`.
    public var user: User.ID?
    /// By which channel; all if `nil`.
    public var channel: NotificationChannel?
    /// What became of them; anything if `nil`.
    public var status: NotificationDelivery.Status?

    /// Describes a log.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - channel: By which channel.
    ///   - status: What became of them.
    public init(
        user: User.ID? = nil,
        channel: NotificationChannel? = nil,
        status: NotificationDelivery.Status? = nil
    ) {
        self.user = user
        self.channel = channel
        self.status = status
    }
}

extension Notifications {
    /// Shows how a notification went out, channel by channel, with every try.
    ///
    /// - Parameters:
    ///   - id: The notification.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The deliveries.
    /// - Throws: `NotificationError.notFound` for another's without `notification:log`.
    public func deliveries(
        of id: UserNotification.ID,
        reader: TenantReader
    ) async throws(NotificationError) -> [NotificationDelivery] {
        let principal = reader.principal
        return try await NotificationError.translating {
            let rows = try await reader.read([
                .selectNotified(id), .selectDeliveries(of: id), .selectAttempts(of: id),
            ])
            guard let user: User.ID = try rows[0].only?["user_id"],
                user == principal.user || principal.may(.notificationLog, on: .foreign)
            else { throw NotificationError.notFound }
            let attempts = try NotificationAttempt.grouped(rows[2])
            return try rows[1].map { try NotificationDelivery(row: $0, attempts) }
        }
    }

    /// Lists deliveries, the newest first: the reader's own, or anybody's with `notification:log`.
    ///
    /// - Parameters:
    ///   - query: Which.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `NotificationError.userNotFound` for another's without `notification:log`; `.invalidPosition`.
    public func log(
        _ query: NotificationLogQuery,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(NotificationError) -> Page<NotificationDelivery> {
        var query = query
        if !reader.principal.may(.notificationLog, on: .foreign) {
            query.user = try Self.owner(query.user, reader.principal)
        }
        if let position, position.order != "log" { throw .invalidPosition }
        let statement = SQL.listDeliveries(
            query,
            before: position.map { NotificationDelivery.ID($0.id) },
            limit: limit.withProbe
        )
        return try await NotificationError.translating {
            let rows = try await reader.read(statement)
            let ids: [NotificationDelivery.ID] = try rows.map { try $0["id"] }
            let attempts =
                ids.isEmpty ? [:] : try NotificationAttempt.grouped(try await reader.read(.selectAttempts(of: ids)))
            return Page(cutting: try rows.map { try NotificationDelivery(row: $0, attempts) }, limit: limit.count) {
                PagePosition(order: "log", id: $0.id.uuid)
            }
        }
    }

    /// Counts an announcement's deliveries by channel and what became of them.
    ///
    /// - Parameters:
    ///   - id: The announcement, which the caller has shown to be the reader's to see.
    ///   - session: The tenant's open transaction.
    /// - Returns: The numbers.
    /// - Throws: `NotificationError.database`.
    public func tally(
        of id: Announcement.ID,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> [NotificationTally] {
        try await NotificationError.translating {
            try await session.execute(.tallyDeliveries(of: id)).map { row in
                NotificationTally(channel: try row[0], status: try row[1], count: try row[2])
            }
        }
    }

    /// Removes what was out of date a month ago: notifications with their deliveries, and announcements.
    ///
    /// - Parameter session: The tenant's open transaction.
    /// - Returns: How many rows were removed, 1,000 of each kind at most: call it again until there is none.
    /// - Throws: `NotificationError.database`.
    public func purge(session: borrowing TenantSession) async throws(NotificationError) -> Int {
        let instant = clock.now().addingTimeInterval(-Double(Self.keptDays) * 86_400)
        return try await NotificationError.translating {
            try await session.batch([
                .deleteExpiredNotifications(before: instant, limit: 1_000),
                .deleteExpiredAnnouncements(before: instant, limit: 1_000),
            ]).reduce(0) { $0 + $1.affected }
        }
    }

    /// For how many days what is out of date stays in the log, and keeps its cause from telling somebody again.
    static let keptDays = 30
}

/// How many deliveries came to the same.
public struct NotificationTally: Sendable, Hashable {
    /// The channel.
    public let channel: NotificationChannel
    /// What became of them.
    public let status: NotificationDelivery.Status
    /// How many.
    public let count: Int

    package init(channel: NotificationChannel, status: NotificationDelivery.Status, count: Int) {
        self.channel = channel
        self.status = status
        self.count = count
    }
}

extension NotificationDelivery {
    fileprivate init(row: Row, _ attempts: [ID: [NotificationAttempt]]) throws(DatabaseError) {
        let id: ID = try row["id"]
        self.init(
            id: id,
            notification: try row["notification_id"],
            user: try row["user_id"],
            type: try row["type"],
            channel: try row["channel"],
            status: try row["status"],
            reason: try row["reason"],
            createdAt: try row["created_at"],
            dueAt: try row["due_at"],
            finishedAt: try row["finished_at"],
            attempts: attempts[id] ?? []
        )
    }
}

extension NotificationAttempt {
    fileprivate static func grouped(_ rows: Rows) throws(DatabaseError) -> [NotificationDelivery.ID: [Self]] {
        var attempts: [NotificationDelivery.ID: [Self]] = [:]
        for row in rows {
            let attempt = NotificationAttempt(
                number: try row["number"],
                attemptedAt: try row["attempted_at"],
                outcome: try row["outcome"],
                reason: try row["reason"],
                target: try row["target"]
            )
            attempts[try row["delivery_id"], default: []].append(attempt)
        }
        return attempts
    }
}

extension SQL {
    private static let deliveryColumns: SQL = """
        d.id, d.notification_id, d.user_id, n.type, d.channel, d.status, d.reason, d.created_at, d.due_at, d.finished_at
        """
    private static let attemptColumns: SQL = """
        t.delivery_id, t.number, t.attempted_at, t.outcome, t.reason, t.target
        """

    fileprivate static func selectNotified(_ id: UserNotification.ID) -> SQL {
        "SELECT user_id FROM notifications WHERE id = \(id)"
    }

    fileprivate static func selectDeliveries(of id: UserNotification.ID) -> SQL {
        """
        SELECT \(.deliveryColumns) FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
        WHERE d.notification_id = \(id) AND n.type = ANY(\(NotificationType.names)) ORDER BY d.id
        """
    }

    fileprivate static func selectAttempts(of id: UserNotification.ID) -> SQL {
        """
        SELECT \(.attemptColumns)
        FROM notification_deliveries d JOIN notification_attempts t ON t.delivery_id = d.id
        WHERE d.notification_id = \(id) ORDER BY t.delivery_id, t.number
        """
    }

    fileprivate static func selectAttempts(of ids: [NotificationDelivery.ID]) -> SQL {
        """
        SELECT \(.attemptColumns) FROM notification_attempts t
        WHERE t.delivery_id = ANY(\(ids)) ORDER BY t.delivery_id, t.number
        """
    }

    fileprivate static func listDeliveries(
        _ query: NotificationLogQuery,
        before: NotificationDelivery.ID?,
        limit: Int
    ) -> SQL {
        """
        SELECT \(.deliveryColumns) FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
        WHERE (\(query.user) IS NULL OR d.user_id = \(query.user)) AND (\(query.channel) IS NULL OR d.channel = \(query.channel))
          AND (\(query.status) IS NULL OR d.status = \(query.status)) AND (\(before) IS NULL OR d.id < \(before))
          AND n.type = ANY(\(NotificationType.names))
        ORDER BY d.id DESC LIMIT \(limit)
        """
    }

    fileprivate static func tallyDeliveries(of id: Announcement.ID) -> SQL {
        """
        SELECT d.channel, d.status, count(*)
        FROM notifications n JOIN notification_deliveries d ON d.notification_id = n.id
        WHERE n.announcement_id = \(id) GROUP BY d.channel, d.status ORDER BY d.channel, d.status
        """
    }
}
