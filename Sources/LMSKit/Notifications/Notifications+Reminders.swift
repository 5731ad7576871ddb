// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Notifications {
    /// After how many days without learning somebody is reminded; and for how many more, should the reminders not have run.
    static let inactiveDays = (after: 7, within: 7)

    /// Reminds learners of what they began and left, each time once, and removes what is out of date.
    ///
    /// Each part is a transaction of its own; doing it again reminds nobody twice.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens the transactions.
    /// - Returns: How many were reminded.
    /// - Throws: `NotificationError.keys`; `.database`; who was reminded before stays so.
    @discardableResult
    public func remind(at tenant: TenantID, tenants: Tenants) async throws(NotificationError) -> Int {
        do {
            var (reminded, last): (Int, Enrollment.ID?) = (0, nil)
            while true {
                try Task.checkCancellation()
                let after = last
                let part = try await tenants.transaction(for: tenant, as: Self.principal) { session in
                    try await remindInactive(after: after, session: session)
                }
                reminded += part.reminded
                last = part.last
                if last == nil { break }
            }
            while try await tenants.transaction(for: tenant, as: Self.principal, { try await purge(session: $0) }) > 0 {
                try Task.checkCancellation()
            }
            return reminded
        } catch {
            throw NotificationError(error)
        }
    }

    /// Tells a course's learners that it starts or ends soon; once for each date.
    ///
    /// - Parameters:
    ///   - type: `.courseStarting` or `.courseEnding`.
    ///   - course: The course.
    ///   - title: Its title.
    ///   - date: When it does.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Throws: `NotificationError.database`.
    public func remindLearners(
        _ type: NotificationType,
        of course: Course.ID,
        titled title: String,
        on date: Date,
        session: borrowing TenantSession
    ) async throws(NotificationError) {
        let day = String(date.iso8601Milliseconds.prefix(10))
        let draft = NotificationDraft(
            type,
            because: "\(type.rawValue):\(course):\(day)",
            ["course": title, "date": day],
            link: .course(course),
            course: course,
            expiresAt: date.addingTimeInterval(86_400)
        )
        try await notifyLearners(of: course, draft, session: session)
    }

    private func remindInactive(
        after last: Enrollment.ID?,
        session: borrowing TenantSession
    ) async throws -> (reminded: Int, last: Enrollment.ID?) {
        let now = clock.now()
        let begin = now.addingTimeInterval(-Double(Self.inactiveDays.after + Self.inactiveDays.within) * 86_400)
        let end = now.addingTimeInterval(-Double(Self.inactiveDays.after) * 86_400)
        let limit = 100
        let rows = try await session.execute(.selectInactive(after: last, from: begin, to: end, limit))
        var reminded = 0
        for row in rows {
            let (enrollment, course): (Enrollment.ID, Course.ID) = (try row["id"], try row["course_id"])
            let seenAt: Date = try row["seen_at"]
            let days = Int(now.timeIntervalSince(seenAt) / 86_400)
            let draft = NotificationDraft(
                .inactiveLearner,
                because: "inactive_learner:\(enrollment):\(Int(seenAt.timeIntervalSince1970))",
                ["course": try row["title"], "days": String(days)],
                link: .course(course),
                course: course
            )
            reminded += try await notify([try row["user_id"]], draft, session: session)
        }
        guard rows.count == limit else { return (reminded, nil) }
        return (reminded, try rows[limit - 1]["id"])
    }
}

extension SQL {
    /// Places in courses that are published, or were until a later version was, in which nobody has learned for some days.
    fileprivate static func selectInactive(after last: Enrollment.ID?, from begin: Date, to end: Date, _ limit: Int)
        -> SQL
    {
        """
        SELECT e.id, e.user_id, e.course_id, c.title, coalesce(e.last_accessed_at, e.enrolled_at) AS seen_at
        FROM enrollments e JOIN courses c ON c.id = e.course_id JOIN users u ON u.id = e.user_id
        WHERE e.status = 'active' AND (c.status = 'published' OR c.superseded_at IS NOT NULL) AND u.status = 'active'
            AND coalesce(e.last_accessed_at, e.enrolled_at) BETWEEN \(begin) AND \(end)
            AND (\(last) IS NULL OR e.id > \(last))
            AND NOT EXISTS (
                SELECT FROM notifications n WHERE n.user_id = e.user_id AND n.cause = 'inactive_learner:' || e.id || ':'
                    || trunc(extract(epoch FROM coalesce(e.last_accessed_at, e.enrolled_at)))::bigint)
        ORDER BY e.id LIMIT \(limit)
        """
    }
}
