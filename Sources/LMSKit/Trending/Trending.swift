// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Says which courses most learners began lately.
///
/// Make one for each process: it keeps each tenant's order for a minute. The courses themselves are read anew, so that none is shown
/// that was taken back.
public struct Trending: Sendable {
    /// The most courses that are ranked.
    public static let limit = 50
    /// Enrollments count for so many days.
    public static let days = 14
    private static let secondsKept = 60.0
    private let clock: WallClock
    private let rankings = BoundedCache<TenantID, [Course.ID]>(capacity: 4_096)

    /// Makes the service.
    ///
    /// - Parameter clock: Says what was lately.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// Lists published courses by the places that were taken in the last 14 days and not left, the most first.
    ///
    /// - Parameters:
    ///   - count: The most courses to return, 1–50.
    ///   - reader: Who reads in which tenant; the list is the same for everybody.
    /// - Returns: The courses; those in which nobody enrolled are not among them.
    /// - Throws: `CourseError.database`.
    public func list(_ count: Int = 20, reader: TenantReader) async throws(CourseError) -> [Course] {
        let now = clock.now()
        return try await CourseError.translating {
            let ranking: [Course.ID]
            if let kept = rankings.value(for: reader.tenant, at: now) {
                ranking = kept
            } else {
                let since = now.addingTimeInterval(-86_400 * Double(Trending.days))
                let rows = try await reader.read(.rankCourses(since: since, limit: Trending.limit))
                ranking = try rows.map { row in try row[0] }
                let end = now.addingTimeInterval(Trending.secondsKept)
                rankings.store(ranking, for: reader.tenant, until: end, at: now)
            }
            guard !ranking.isEmpty else { return [] }
            let wanted = min(max(count, 1), Trending.limit)
            return try await reader.read(.selectPublished(ranking, limit: wanted)).map(Course.init(row:))
        }
    }
}

extension SQL {
    static func rankCourses(since instant: Date, limit: Int) -> SQL {
        """
        SELECT e.course_id FROM enrollments e JOIN courses c ON c.id = e.course_id AND c.status = 'published'
        WHERE e.enrolled_at > \(instant) AND e.status IN ('pending_payment', 'active', 'completed')
        GROUP BY e.course_id ORDER BY count(*) DESC, e.course_id DESC LIMIT \(limit)
        """
    }

    /// Those of a list that are published, in its order.
    static func selectPublished(_ ids: [Course.ID], limit: Int) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM unnest(\(ids)) WITH ORDINALITY AS n (id, place) JOIN courses c ON c.id = n.id AND c.status = 'published'
        ORDER BY n.place LIMIT \(limit)
        """
    }
}
