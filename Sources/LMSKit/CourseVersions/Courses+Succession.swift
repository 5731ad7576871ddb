// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Courses {
    /// Gives a version that becomes published the slug that its series has, as the database is about to.
    ///
    /// Its row is locked. Nothing happens to a course without other versions. Putting it away takes what publishing takes, on it too: staff of
    /// one version need not be staff of another.
    ///
    /// - Parameters:
    ///   - course: The version.
    ///   - isDecided: Whether somebody approved of it, whose right that is.
    ///   - session: The tenant's open transaction.
    /// - Throws: `CourseError.forbidden` without `course:publish` on the version that is put away.
    func succeed(
        _ course: inout Course,
        isDecided: Bool = false,
        session: borrowing TenantSession
    ) async throws(CourseError) {
        guard let series = course.series, course.status == .published else { return }
        let edition = course.edition
        guard let predecessor = try await predecessor(in: series, before: edition, session: session) else { return }
        if !isDecided { try CoursePolicy.require(.coursePublish, on: predecessor, by: session.principal) }
        course.slug = predecessor.slug
    }

    /// The version that is offered before one, or was last; locks it.
    func predecessor(
        in series: Course.ID,
        before edition: Int,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course? {
        try await CourseError.translating {
            let found = try await session.execute(.lockPredecessors(in: series, before: edition))
            guard let id: Course.ID = try found.only?[0] else { return nil }
            return try await session.execute(.selectCourse(id)).only.map(Course.init(row:))
        }
    }

    /// The statements that record of the versions before one that they were put away, after it was published.
    func recordingSuccession(of course: Course, by principal: Principal, at instant: Date) -> [SQL] {
        guard let series = course.series, course.status == .published else { return [] }
        let event = SQL.recordingEvent(
            .courseUpdated,
            of: "p.id",
            payload: """
                jsonb_build_object('courseId', p.id, 'slug', p.slug, 'status', p.status, 'change', 'status')
                """,
            by: principal,
            at: instant
        )
        let statement: SQL = """
            SELECT count(\(event)) FROM courses p
            WHERE p.series_id = \(series) AND p.edition < \(course.edition) AND p.superseded_at = \(instant)
            """
        return [statement.announcing(.events)]
    }
}

extension SQL {
    /// The last version that was offered before one, whose slug the series has; locks it.
    static func lockPredecessors(in series: Course.ID, before edition: Int) -> SQL {
        """
        SELECT p.id FROM courses p
        WHERE p.series_id = \(series) AND p.edition < \(edition) AND p.superseded_at IS NULL AND p.published_at IS NOT NULL
        ORDER BY p.edition DESC LIMIT 1 FOR NO KEY UPDATE
        """
    }
}
