// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Keeps courses that others begin with.
///
/// A template is a draft that is in no list of courses and that nobody publishes, enrolls in or makes versions of. Its staff change it;
/// whoever may create courses sees that there is one, and copies it.
public struct CourseTemplates: Sendable {
    private let courses: Courses

    /// Makes the service.
    ///
    /// - Parameter courses: Copies, locks and authorizes.
    public init(courses: Courses) {
        self.courses = courses
    }

    /// Makes a draft a template.
    ///
    /// Nothing happens to one that is.
    ///
    /// - Parameters:
    ///   - id: The course, a draft that was never published; its row is locked until the transaction ends.
    ///   - version: The version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:create`, or `course:update` on it; `.versionMismatch`;
    ///   `.templateState` for a course of another kind.
    public func mark(
        _ id: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        try await change(id, to: .template, expecting: version, session: session)
    }

    /// Makes a template a draft again.
    ///
    /// Nothing happens to one that is none.
    ///
    /// - Parameters:
    ///   - id: The course; its row is locked until the transaction ends.
    ///   - version: The version that the caller read, or `nil` not to check.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:create`, or `course:update` on it; `.versionMismatch`.
    public func unmark(
        _ id: Course.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        try await change(id, to: .draft, expecting: version, session: session)
    }

    /// Lists the templates, the newest first.
    ///
    /// - Parameters:
    ///   - search: Only those with this text in the title or the description, in any case.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most templates to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, of one round trip.
    /// - Throws: `CourseError.forbidden` without `course:create`; `.invalidPosition`.
    public func list(
        search: String? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(CourseError) -> Page<CourseTemplate> {
        guard reader.principal.may(.courseCreate, on: .foreign) else { throw .forbidden }
        if let position, position.order != Self.order { throw .invalidPosition }
        let after = position.map { Course.ID($0.id) }
        return try await CourseError.translating {
            let rows = try await reader.read(.listTemplates(matching: search, after: after, limit: limit.withProbe))
            let templates = try rows.map { row in CourseTemplate(course: try Course(row: row)) }
            return Page(cutting: templates, limit: limit.count) {
                PagePosition(order: Self.order, id: $0.course.id.uuid)
            }
        }
    }

    /// Begins a course with a template.
    ///
    /// The course is taught by whoever begins it. It has all that the template has, and knows nothing of it afterwards.
    ///
    /// - Parameters:
    ///   - template: The template; its row is locked until the transaction ends.
    ///   - title: The course's title, 3–255 characters.
    ///   - slug: Its slug; made from the title, and then made unique, if it is `nil`.
    ///   - session: The tenant's open transaction.
    /// - Returns: The course, a draft.
    /// - Throws: `CourseError.forbidden` without `course:create`; `.notFound` if there is no such template; `.slugTaken`;
    ///   `.slugMissing`; `.tooMuchToCopy`.
    public func instantiate(
        _ template: CourseTemplate.ID,
        title: String,
        slug: Slug? = nil,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        guard session.principal.may(.courseCreate, on: .foreign) else { throw .forbidden }
        let tree = try await courses.lockCurriculum(of: Course.ID(template.uuid), session: session)
        guard tree.course.isTemplate else { throw .notFound }
        guard let name = slug ?? Slug(from: title) else { throw .slugMissing }
        let plan = CourseCopy(
            title: title,
            slug: name,
            instructors: session.principal.user.map { [$0] } ?? [],
            isSlugChosen: slug != nil
        )
        return try await courses.copy(tree, as: plan, session: session)
    }

    private static let order = "templates"

    /// What a course is kept for.
    private enum Use {
        case template, draft
    }

    private func change(
        _ id: Course.ID,
        to use: Use,
        expecting version: Int?,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Course {
        let course = try await courses.lock(id, for: .courseUpdate, expecting: version, session: session)
        let principal = session.principal
        guard principal.may(.courseCreate, on: .foreign) else { throw .forbidden }
        let isTemplate = use == .template
        guard course.isTemplate != isTemplate else { return course }
        let now = courses.clock.now()
        var changed = course
        (changed.isTemplate, changed.version, changed.updatedAt) = (isTemplate, course.version + 1, now)
        let event =
            isTemplate
            ? AuditEvent("course.template_marked", on: id) : AuditEvent("course.template_unmarked", on: id)
        try await courses.run(
            [
                .markTemplate(id, isTemplate, at: now), courses.audit.recording(event, by: principal),
                courses.recording(.content, of: changed, by: principal, at: now),
            ],
            session: session
        )
        return changed
    }
}

extension SQL {
    static func markTemplate(_ id: Course.ID, _ isTemplate: Bool, at instant: Date) -> SQL {
        """
        UPDATE courses SET is_template = \(isTemplate), version = version + 1, updated_at = \(instant) WHERE id = \(id)
        """
    }

    /// Reads the index of templates backwards: identifiers are in the order of creation.
    static func listTemplates(matching search: String?, after: Course.ID?, limit: Int) -> SQL {
        """
        SELECT \(.courseColumns)
        FROM courses c
        WHERE c.is_template AND (\(after) IS NULL OR c.id < \(after))
          AND (\(search) IS NULL OR strpos(lower(c.title || ' ' || c.description), lower(\(search))) > 0)
        ORDER BY c.id DESC LIMIT \(limit)
        """
    }
}
