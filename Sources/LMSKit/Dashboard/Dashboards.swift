// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Shows learners where they are, and those who teach what waits for them: each in one round trip.
///
/// Learners see nothing that is not published, not theirs yet, or in a course that was taken back. Those who teach see names only
/// beside grades that were given with names: what is graded blindly is counted and nothing more.
public struct Dashboards: Sendable {
    /// The most courses of a learner's dashboard, and the most work that is due.
    public static let learnerLimit = 20
    /// The most courses that were completed and certificates.
    public static let achievementLimit = 5
    /// The most courses of those who teach.
    public static let courseLimit = 100
    /// The most learners at risk who are listed.
    public static let riskLimit = 50
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameter clock: Says what is late, and who has been away.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// Reads the reader's own dashboard.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: Where they are in their courses, and what is due.
    /// - Throws: `DashboardError.forbidden` for who is no user.
    public func learner(reader: TenantReader) async throws(DashboardError) -> LearnerDashboard {
        guard let me = reader.principal.user else { throw .forbidden }
        let now = clock.now()
        return try await DashboardError.translating {
            let rows = try await reader.read([
                .selectLearningSummary(of: me), .listCoursesToGoOnWith(of: me, limit: Dashboards.learnerLimit, at: now),
                .listDueWork(of: me, limit: Dashboards.learnerLimit, at: now),
                .listCompletedCourses(of: me, limit: Dashboards.achievementLimit),
                .listNewestCertificates(of: me, limit: Dashboards.achievementLimit, at: now),
                .selectLearningDays(of: me, since: now.addingTimeInterval(-30 * Dashboards.day)),
                .countUnreadNotifications(of: me, at: now),
            ])
            guard rows.count == 7, let summary = rows[0].only else { throw DatabaseError.connectionLost }
            return LearnerDashboard(
                summary: try LearnerDashboard.Summary(row: summary),
                courses: try rows[1].map { row in try EnrollmentListing(row: row, withNextLesson: true) },
                due: try rows[2].map(DueWork.init(row:)),
                completed: try rows[3].map { row in try EnrollmentListing(row: row) },
                certificates: try rows[4].map(LearnerDashboard.Award.init(row:)),
                activity: try rows[5].map(LearnerDashboard.Day.init(row:)),
                unreadNotifications: try rows[6].only.map { row in try row[0] } ?? 0
            )
        }
    }

    /// Reads how a course goes.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - days: After how many days without activity a learner counts as inactive, at least one.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The course, and up to 50 of its learners at risk.
    /// - Throws: `DashboardError.courseNotFound`; `.forbidden` without `grade:read` on the course.
    public func overview(
        of course: Course.ID,
        inactiveAfterDays days: Int = 7,
        reader: TenantReader
    ) async throws(DashboardError) -> TeachingReport {
        let principal = reader.principal
        return try await DashboardError.translating {
            let courses: SQL = "\([course])"
            let rows = try await reader.read([.selectCourse(course)] + statements(on: courses, days, for: principal))
            guard let row = rows.first?.only else { throw DashboardError.courseNotFound }
            let found = try Course(row: row)
            guard principal.may(.gradeRead, as: found.role(of: principal)) else {
                throw CoursePolicy.isKnown(found, to: principal) ? DashboardError.forbidden : .courseNotFound
            }
            return try Dashboards.report(rows.dropFirst(), for: principal)
        }
    }

    /// Reads how the courses go that the reader has a role in.
    ///
    /// - Parameters:
    ///   - days: After how many days without activity a learner counts as inactive, at least one.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The 100 newest of the courses in which they hold `grade:read`, and up to 50 learners at risk in these.
    /// - Throws: `DashboardError.forbidden` for who is no user.
    public func teaching(
        inactiveAfterDays days: Int = 7,
        reader: TenantReader
    ) async throws(DashboardError) -> TeachingReport {
        let principal = reader.principal
        guard let me = principal.user else { throw .forbidden }
        let roles = CourseRole.allCases.filter { principal.may(.gradeRead, as: $0) }
        return try await DashboardError.translating {
            let courses = SQL.taughtCourses(by: me, as: roles, limit: Dashboards.courseLimit)
            return try Dashboards.report(
                try await reader.read(statements(on: courses, days, for: principal))[...],
                for: principal
            )
        }
    }

    private static let day: TimeInterval = 86_400

    private func statements(on courses: SQL, _ days: Int, for principal: Principal) -> [SQL] {
        let now = clock.now()
        return [
            .listCourseOverviews(
                courses,
                for: principal.user,
                since: now.addingTimeInterval(-7 * Dashboards.day)
            ),
            .listLearnersAtRisk(
                courses,
                awaySince: now.addingTimeInterval(-Double(max(days, 1)) * Dashboards.day),
                limit: Dashboards.riskLimit,
                at: now
            ),
        ]
    }

    private static func report(_ rows: ArraySlice<Rows>, for principal: Principal) throws -> TeachingReport {
        guard rows.count == 2, let first = rows.first, let last = rows.last else { throw DatabaseError.connectionLost }
        let courses = try first.map { row in
            var course = try CourseOverview(row: row)
            if !principal.may(.quizGrade, as: course.role) { course.quizAttempts = nil }
            if !principal.may(.assignmentGrade, as: course.role) { course.submissions = nil }
            return course
        }
        var count = 0
        let atRisk = try last.map { row in
            var fields = RowFields(row)
            let learner = try LearnerAtRisk(fields: &fields)
            count = try fields.next()
            return learner
        }
        return TeachingReport(courses: courses, atRisk: atRisk, atRiskCount: count)
    }
}
