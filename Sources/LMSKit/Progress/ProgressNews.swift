// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// How far one learner is in a course, for those who watch.
public struct ProgressNews: Sendable, Hashable {
    /// The learner's place in the course.
    public let enrollment: Enrollment.ID
    /// The learner.
    public let learner: Principal.ID
    /// The place's state.
    public let status: Enrollment.Status
    /// How many lessons are done.
    public let completedLessons: Int
    /// How many lessons are published.
    public let publishedLessons: Int
    /// The time spent, in seconds.
    public let timeSpentSeconds: Int
    /// The lesson that the learner was in last.
    public let lastLesson: Lesson.ID?
    /// When the learner did something last, in UTC.
    public let lastAccessedAt: Date
}

/// Whose progress in a course somebody may watch.
public struct ProgressScope: Sendable, Hashable {
    /// The course.
    public let course: Course.ID
    /// The reader's own place, if that is all they may watch; `nil` for every learner's.
    public let own: Enrollment.ID?
}

extension ProgressRecords {
    /// The most that `news` returns.
    public static let newsLimit = 100

    /// Says whose progress in a course the reader may watch, in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: Every learner's for those who may see the course's enrollments, otherwise their own.
    /// - Throws: `ProgressError.notFound` if they may see neither.
    public func scope(of course: Course.ID, reader: TenantReader) async throws(ProgressError) -> ProgressScope {
        try await ProgressError.translating {
            let principal = reader.principal
            let rows = try await reader.read([.selectCourse(course), .selectOwnPlace(of: principal.user, in: course)])
            guard let row = rows[0].only else { throw ProgressError.notFound }
            let facts = AccessFacts(of: try Course(row: row), for: principal, enrollment: nil)
            if principal.may(.enrollmentRead, as: facts.role) { return ProgressScope(course: course, own: nil) }
            guard let place = rows[1].only else { throw ProgressError.notFound }
            return ProgressScope(course: course, own: try place[0])
        }
    }

    /// Reads what learners did in a course since a moment, the earliest first, in one round trip.
    ///
    /// Reports are dated before they are committed: whoever goes on from the last one asks from a little before it.
    ///
    /// - Parameters:
    ///   - scope: Whose, as `scope(of:reader:)` said a moment ago.
    ///   - instant: The moment, in UTC.
    ///   - reader: Who reads in which tenant.
    /// - Returns: At most `newsLimit`.
    /// - Throws: `ProgressError.database`.
    public func news(
        of scope: ProgressScope,
        since instant: Date,
        reader: TenantReader
    ) async throws(ProgressError) -> [ProgressNews] {
        try await ProgressError.translating {
            let statement = SQL.selectProgressNews(
                in: scope.course,
                own: scope.own,
                since: instant,
                limit: ProgressRecords.newsLimit
            )
            return try await reader.read(statement).map(ProgressNews.init(row:))
        }
    }
}

extension ProgressNews {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        enrollment = try fields.next()
        learner = try fields.next()
        status = try fields.next()
        completedLessons = try fields.next()
        publishedLessons = try fields.next()
        timeSpentSeconds = try fields.next()
        lastLesson = try fields.next()
        lastAccessedAt = try fields.next()
    }
}

extension SQL {
    static func selectOwnPlace(of user: Principal.ID?, in course: Course.ID) -> SQL {
        """
        SELECT id FROM enrollments WHERE user_id = \(user) AND course_id = \(course) AND status IN ('active', 'completed')
        """
    }

    static func selectProgressNews(in course: Course.ID, own: Enrollment.ID?, since instant: Date, limit: Int) -> SQL {
        """
        SELECT e.id, e.user_id, e.status, e.completed_lessons, c.published_lessons, e.time_spent_seconds, e.last_lesson_id,
               e.last_accessed_at
        FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.course_id = \(course) AND (\(own)::uuid IS NULL OR e.id = \(own)) AND e.last_accessed_at >= \(instant)
        ORDER BY e.last_accessed_at, e.id LIMIT \(limit)
        """
    }
}
