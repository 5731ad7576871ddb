// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// Reads what the reader chose.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - reader: Who reads in it.
    /// - Returns: Their choices.
    /// - Throws: `NotificationError.usersOnly`; `.database`.
    public func preferences(
        at tenant: Tenant,
        reader: TenantReader
    ) async throws(NotificationError) -> NotificationPreferences {
        let user = try Self.owner(nil, reader.principal)
        return try await NotificationError.translating {
            let rows = try await reader.read([.selectPreferences(of: user), .selectSchedule(of: user)])
            return try NotificationPreferences(rows[0], schedule: rows[1], at: tenant)
        }
    }

    /// Stores choices of the principal's, each in the place of the one before for the same type, channel and course.
    ///
    /// - Parameters:
    ///   - choices: What they chose, 500 at most.
    ///   - session: The tenant's open transaction.
    /// - Returns: The preferences as they are stored, in the order of the choices.
    /// - Throws: `NotificationError.usersOnly`; `.mandatory` for what guards the account; `.courseNotFound` for a course that they may not know.
    public func choose(
        _ choices: [NotificationChoice],
        session: borrowing TenantSession
    ) async throws(NotificationError) -> [NotificationPreference] {
        let user = try Self.owner(nil, session.principal)
        for choice in choices where !choice.isAllowed { throw .mandatory(choice.type) }
        return try await NotificationError.translating {
            try await requireKnown(Array(Set(choices.compactMap(\.course))), session: session)
            let now = clock.now()
            let rows = try await session.batch(
                choices.map { .putPreference(identifiers.next(), of: user, $0, at: now) }
            )
            return try rows.map { reply in
                guard let row = reply.only else { throw NotificationError.database(.connectionLost) }
                return try NotificationPreference(row: row)
            }
        }
    }

    /// Stores choices of the principal's and their schedule in the place of all that they chose before.
    ///
    /// - Parameters:
    ///   - choices: What they chose, 500 at most.
    ///   - schedule: When they want to be left alone.
    ///   - tenant: The tenant, whose time zone holds for those who have none of their own.
    ///   - session: Its open transaction.
    /// - Returns: What is stored.
    /// - Throws: `NotificationError.usersOnly`; `.mandatory`; `.courseNotFound`; `.invalid` for quiet hours without an end or a length.
    public func replacePreferences(
        _ choices: [NotificationChoice],
        _ schedule: NotificationSchedule,
        at tenant: Tenant,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> NotificationPreferences {
        let user = try Self.owner(nil, session.principal)
        do throws(DatabaseError) {
            try await session.execute(.deletePreferences(of: user))
        } catch {
            throw NotificationError(error)
        }
        _ = try await choose(choices, session: session)
        return try await NotificationError.translating {
            let rows = try await session.batch([
                .putSchedule(schedule, of: user, zone: tenant.settings.timeZone, at: clock.now()),
                .selectPreferences(of: user), .selectSchedule(of: user),
            ])
            return try NotificationPreferences(rows[1], schedule: rows[2], at: tenant)
        }
    }

    /// Says whose mail of which types a link turns off, without doing it.
    ///
    /// - Parameters:
    ///   - token: What the link has.
    ///   - reader: The tenant's data, for nobody.
    /// - Returns: The types.
    /// - Throws: `NotificationError.invalidToken` if it is none of this tenant's, or its notification is gone.
    public func unsubscription(
        _ token: Secret<String>,
        reader: TenantReader
    ) async throws(NotificationError) -> [NotificationType] {
        let hash = UnsubscribeToken(token.reveal(), cryptography).hash
        return try await NotificationError.translating {
            let rows = try await reader.read(.selectUnsubscription(hash))
            guard !rows.isEmpty else { throw NotificationError.invalidToken }
            return try rows.map { try $0["type"] }
        }
    }

    /// Turns mail of the types off that a message was of, for whoever it was sent to; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - token: What the link in the message has.
    ///   - session: The tenant's open transaction, for nobody: the token says who.
    /// - Returns: The types.
    /// - Throws: `NotificationError.invalidToken` if it is none of this tenant's, or its notification is gone.
    public func unsubscribe(
        _ token: Secret<String>,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> [NotificationType] {
        let hash = UnsubscribeToken(token.reveal(), cryptography).hash
        return try await NotificationError.translating {
            let rows = try await session.execute(.selectUnsubscription(hash))
            guard let first = rows.only else { throw NotificationError.invalidToken }
            let user: User.ID = try first["user_id"]
            let types: [NotificationType] = try rows.map { try $0["type"] }
            let now = clock.now()
            var statements: [SQL] = []
            for type in types {
                let choice = NotificationChoice(type, by: .email, isEnabled: false)
                statements.append(.putPreference(identifiers.next(), of: user, choice, at: now))
                statements.append(.disableInCourses(type, by: .email, of: user, at: now))
            }
            let event = AuditEvent("notification.unsubscribed", on: user)
            try await session.batch(statements + [audit.recording(event, by: session.principal)])
            return types
        }
    }

    /// Refuses courses that the principal may not know: as not found.
    private func requireKnown(_ courses: [Course.ID], session: borrowing TenantSession) async throws {
        guard !courses.isEmpty, let user = session.principal.user else { return }
        let rows = try await session.batch(
            courses.map { .selectCourse($0) } + [.selectPlaces(of: user, in: courses)]
        )
        var places: Set<Course.ID> = []
        for row in rows.last ?? .empty { places.insert(try row["course_id"]) }
        for (id, reply) in zip(courses, rows) {
            guard let course = try reply.only.map(Course.init(row:)),
                places.contains(id) || CoursePolicy.isKnown(course, to: session.principal)
            else { throw NotificationError.courseNotFound }
        }
    }
}

extension NotificationPreferences {
    init(_ rows: Rows, schedule: Rows, at tenant: Tenant) throws(DatabaseError) {
        let row = schedule.only
        let own: String? = try row?["own_zone"]
        let stored: String? = try row?["time_zone"]
        var chosen = NotificationSchedule()
        if let row, let digest: NotificationSchedule.Digest = try row["digest"] {
            chosen = NotificationSchedule(
                quietFrom: try row["quiet_from"],
                quietUntil: try row["quiet_until"],
                digest: digest,
                digestAt: try row["digest_minute"],
                digestWeekday: try row["digest_weekday"]
            )
        }
        var items: [NotificationPreference] = []
        for row in rows { items.append(try NotificationPreference(row: row)) }
        self.init(
            items: items,
            schedule: chosen,
            timeZone: own ?? stored ?? tenant.settings.timeZone
        )
    }
}

extension NotificationPreference {
    /// Reads the columns of `preferenceColumns`.
    init(row: Row) throws(DatabaseError) {
        self.init(
            id: try row["id"],
            user: try row["user_id"],
            choice: NotificationChoice(
                try row["type"],
                by: try row["channel"],
                isEnabled: try row["is_enabled"],
                in: try row["course_id"]
            ),
            updatedAt: try row["updated_at"]
        )
    }
}

extension SQL {
    private static let preferenceColumns: SQL = "id, user_id, course_id, type, channel, is_enabled, updated_at"

    fileprivate static func selectPreferences(of user: User.ID) -> SQL {
        """
        SELECT \(.preferenceColumns) FROM notification_preferences
        WHERE user_id = \(user) AND type = ANY(\(NotificationType.names))
        ORDER BY type, channel, course_id NULLS FIRST
        """
    }

    fileprivate static func selectSchedule(of user: User.ID) -> SQL {
        """
        SELECT u.time_zone AS own_zone, s.time_zone, s.quiet_from, s.quiet_until, s.digest, s.digest_minute, s.digest_weekday
        FROM users u LEFT JOIN notification_schedules s ON s.user_id = u.id WHERE u.id = \(user)
        """
    }

    fileprivate static func selectPlaces(of user: User.ID, in courses: [Course.ID]) -> SQL {
        "SELECT course_id FROM enrollments WHERE user_id = \(user) AND course_id = ANY(\(courses))"
    }

    fileprivate static func deletePreferences(of user: User.ID) -> SQL {
        "DELETE FROM notification_preferences WHERE user_id = \(user)"
    }

    fileprivate static func putPreference(
        _ id: NotificationPreference.ID,
        of user: User.ID,
        _ choice: NotificationChoice,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO notification_preferences (id, user_id, course_id, type, channel, is_enabled, updated_at)
        VALUES (\(id), \(user), \(choice.course), \(choice.type), \(choice.channel), \(choice.isEnabled), \(instant))
        ON CONFLICT ON CONSTRAINT notification_preferences_user_course_type_channel_uq DO UPDATE
        SET is_enabled = excluded.is_enabled, updated_at = excluded.updated_at
        RETURNING \(.preferenceColumns)
        """
    }

    /// A course in which it was turned on must not bring it back.
    fileprivate static func disableInCourses(
        _ type: NotificationType,
        by channel: NotificationChannel,
        of user: User.ID,
        at instant: Date
    ) -> SQL {
        """
        UPDATE notification_preferences SET is_enabled = false, updated_at = \(instant)
        WHERE user_id = \(user) AND type = \(type) AND channel = \(channel) AND is_enabled
        """
    }

    fileprivate static func putSchedule(
        _ schedule: NotificationSchedule,
        of user: User.ID,
        zone: String,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO notification_schedules (user_id, quiet_from, quiet_until, digest, digest_minute, digest_weekday, time_zone,
            updated_at)
        VALUES (\(user), \(schedule.quietFrom), \(schedule.quietUntil), \(schedule.digest), \(schedule.digestAt),
            \(schedule.digestWeekday), \(zone), \(instant))
        ON CONFLICT ON CONSTRAINT notification_schedules_user_id_key DO UPDATE
        SET quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, digest = excluded.digest,
            digest_minute = excluded.digest_minute, digest_weekday = excluded.digest_weekday,
            time_zone = excluded.time_zone, updated_at = excluded.updated_at
        """
    }

    /// Whose mail of which types a token turns off: those of the message that it was sent with.
    fileprivate static func selectUnsubscription(_ hash: Bytes) -> SQL {
        """
        SELECT DISTINCT d.user_id, n.type
        FROM notification_deliveries t JOIN notification_deliveries d ON d.mail_id = t.mail_id
            JOIN notifications n ON n.id = d.notification_id
        WHERE t.token_hash = \(hash) AND n.type = ANY(\(NotificationType.names)) ORDER BY n.type
        """
    }
}
