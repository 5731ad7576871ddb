// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Courses {
    /// Copies a course with all that makes it one into a new draft, see `copy(_:as:session:)`.
    ///
    /// The copy is called "Copy of …", has a slug of its own, keeps tags, instructors and how many days learners wait for a
    /// module, and is neither featured nor trending; dates, enrollments and reviews stay with the original.
    ///
    /// - Parameters:
    ///   - id: The course to copy.
    ///   - session: The tenant's open transaction.
    /// - Returns: The copy.
    /// - Throws: `CourseError.notFound`; `.forbidden` without `course:create`, or `course:update` on the original;
    ///   `.tooMuchToCopy`.
    public func duplicate(_ id: Course.ID, session: borrowing TenantSession) async throws(CourseError) -> Course {
        let tree = try await openCurriculum(of: id, session: session)
        guard session.principal.may(.courseCreate, on: .foreign) else { throw .forbidden }
        let title = String(String.UnicodeScalarView(("Copy of " + tree.course.title).unicodeScalars.prefix(255)))
        let plan = CourseCopy(
            title: title,
            slug: Slug(from: title) ?? tree.course.slug,
            instructors: tree.course.instructors
        )
        return try await copy(tree, as: plan, session: session)
    }
}
