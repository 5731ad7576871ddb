// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Courses {
    /// Gives a version that becomes published the slug that its series has, as the database is about to.
    ///
    /// Its row is locked. Nothing happens to a course without other versions.
    func succeed(_ course: inout Course, session: borrowing TenantSession) async throws(CourseError) {
        guard let series = course.series, course.status == .published else { return }
        let edition = course.edition
        let held: Slug? = try await CourseError.translating {
            try await session.execute(.lockPredecessors(in: series, before: edition)).only?["slug"]
        }
        if let held { course.slug = held }
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
    /// The slug that the versions before one lead by, which is that of the last that was offered; locks it.
    static func lockPredecessors(in series: Course.ID, before edition: Int) -> SQL {
        """
        SELECT p.slug FROM courses p
        WHERE p.series_id = \(series) AND p.edition < \(edition) AND p.superseded_at IS NULL AND p.published_at IS NOT NULL
        ORDER BY p.edition DESC LIMIT 1 FOR NO KEY UPDATE
        """
    }
}
