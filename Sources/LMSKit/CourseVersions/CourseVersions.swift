// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Writes the next version of a course while learners keep theirs, and moves them when somebody wants that.
///
/// A version is a course of its own. The first one's identifier names the series. The database lets one version of a series be written
/// and one be offered at a time; publishing one puts those before it away.
public struct CourseVersions: Sendable {
    /// The most versions that a course may have.
    public static let limit = 200
    /// How many learners one request moves.
    public static let batchLimit = 200
    let courses: Courses

    /// Makes the service.
    ///
    /// - Parameter courses: Copies, locks and authorizes.
    public init(courses: Courses) {
        self.courses = courses
    }

    /// Drafts the next version of a course as a copy of it.
    ///
    /// It has the same title, price and staff, a slug of its own until it is published, and knows of each lesson, quiz, assignment
    /// and grade item what that was before. It asks for the same courses, but for those that ask for a later version meanwhile.
    /// The table of prerequisites is locked until the transaction ends.
    ///
    /// - Parameters:
    ///   - id: A version of the course, from which is copied; it is locked.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The draft.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:create`, or `course:update` on it and on the version that is offered; `.versionInProgress` if
    ///   one is being written, or it is not published itself; `.templateState` for a template; `.tooManyVersions`; `.tooMuchToCopy`.
    public func create(after id: Course.ID, session: borrowing TenantSession) async throws(CourseError) -> Course {
        let tree = try await courses.openCurriculum(of: id, session: session)
        guard session.principal.may(.courseCreate, on: .foreign) else { throw .forbidden }
        let origin = tree.course
        guard !origin.isTemplate else { throw .templateState }
        guard origin.publishedAt != nil, origin.status == .published || origin.status == .archived else {
            throw .versionInProgress
        }
        let series = origin.series ?? origin.id
        let replies: [Rows] = try await CourseError.translating {
            try await session.batch([.beginSeries(origin.id), .selectLastEdition(of: series)])
        }
        let last: Int = try await CourseError.translating { try replies[1].only?[0] ?? 1 }
        if let offered = try await courses.predecessor(in: series, before: last + 1, session: session) {
            // Staff of a version that was put away are not staff of the course for that.
            try CoursePolicy.require(.courseUpdate, on: offered, by: session.principal)
        }
        guard last < CourseVersions.limit else { throw .tooManyVersions(limit: CourseVersions.limit) }
        let plan = CourseCopy(
            title: origin.title,
            slug: origin.slug.suffixed("v\(last + 1)"),
            instructors: origin.instructors,
            version: (series, last + 1)
        )
        return try await courses.copy(tree, as: plan, session: session)
    }

    /// Lists the versions of a course that the reader may see, the newest first, in one round trip.
    ///
    /// Its staff see all; everybody else the one that is offered, and those in which they have a place or had one that was moved.
    ///
    /// - Parameters:
    ///   - id: Any of them that the reader may see.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The versions, at most 200; one for a course that has no other.
    /// - Throws: `CourseError.notFound`.
    public func list(of id: Course.ID, reader: TenantReader) async throws(CourseError) -> [CourseVersion] {
        let principal = reader.principal
        return try await CourseError.translating {
            let rows = try await reader.read(.selectVersions(of: id, for: principal.user))
            let versions = try rows.map { row in
                var fields = RowFields(row)
                return CourseVersion(course: try Course(fields: &fields), enrollment: try fields.next())
            }
            let visible = versions.filter { version in
                let facts = AccessFacts(of: version.course, for: principal, enrollment: version.enrollment)
                return EntitlementPolicy.level(facts, for: principal) != .none
            }
            guard visible.contains(where: { $0.course.id == id }) else { throw CourseError.notFound }
            return visible
        }
    }
}

extension SQL {
    /// Makes a course the first version of its series, if it is of none; its row is locked.
    static func beginSeries(_ id: Course.ID) -> SQL {
        "UPDATE courses SET series_id = id WHERE id = \(id) AND series_id IS NULL"
    }

    static func selectLastEdition(of series: Course.ID) -> SQL {
        "SELECT max(edition) FROM courses WHERE series_id = \(series)"
    }

    /// The versions of a course, and what `user` is in each.
    static func selectVersions(of id: Course.ID, for user: Principal.ID?) -> SQL {
        """
        SELECT \(.courseColumns), e.status
        FROM courses c LEFT JOIN enrollments e ON e.course_id = c.id AND e.user_id = \(user)
        WHERE c.id = \(id) OR c.series_id = (SELECT series_id FROM courses WHERE id = \(id))
        ORDER BY c.edition DESC, c.id DESC LIMIT \(CourseVersions.limit)
        """
    }
}
