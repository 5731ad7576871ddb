// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// A page of learners with all of their grades.
public struct GradeGrid: Sendable {
    /// The items, which are the columns, and how the course is graded.
    public let book: CourseGradebook
    /// The learners, in the order in which they came.
    public let page: Page<LearnerGrades>
}

/// One's grades in a course.
public struct LearnerGradebook: Sendable {
    /// The items that whoever asks may see, and how the course is graded.
    public let book: CourseGradebook
    /// The grades, and what they come to.
    public let grades: LearnerGrades
}

extension Gradebook {
    /// The most learners of a page of the grid.
    public static let gridLimit = 500

    /// Reads how a course is graded and what is graded in it, in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The gradebook.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:read` on the course.
    public func fetch(_ course: Course.ID, reader: TenantReader) async throws(GradebookError) -> CourseGradebook {
        try await GradebookError.translating {
            let replies = try await reader.read([.selectCourse(course)] + SQL.selectGradebook(of: "\(course)"))
            _ = try Gradebook.require(.gradeRead, on: replies.first, by: reader.principal)
            return try CourseGradebook(course: course, replies.dropFirst())
        }
    }

    /// Reads an item in one round trip.
    ///
    /// - Parameters:
    ///   - item: The item.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The item.
    /// - Throws: `GradebookError.itemNotFound`, also without `grade:read` on its course.
    public func fetch(_ item: GradeItem.ID, reader: TenantReader) async throws(GradebookError) -> GradeItem {
        try await GradebookError.translating {
            let replies = try await reader.read([.selectCourse(ofItem: item), .selectGradeItem(item)])
            return try Gradebook.require(.gradeRead, replies, by: reader.principal)
        }
    }

    /// Reads a page of the grid in one round trip: learners with all of their grades, in the order in which they came.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most learners, at most 500.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The page.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:read` on the course; `.invalidPosition`.
    public func grid(
        of course: Course.ID,
        after position: PagePosition? = nil,
        limit: Int = 50,
        reader: TenantReader
    ) async throws(GradebookError) -> GradeGrid {
        let limit = min(max(limit, 1), Gradebook.gridLimit)
        if let position, position.order != "grid" { throw .invalidPosition }
        return try await GradebookError.translating {
            let after = position.map { Enrollment.ID($0.id) }
            let replies = try await reader.read(
                [.selectCourse(course)] + SQL.selectGradebook(of: "\(course)")
                    + [.selectGradeGrid(of: "\(course)", after: after, limit: limit + 1)]
            )
            _ = try Gradebook.require(.gradeRead, on: replies.first, by: reader.principal)
            guard replies.count == 5 else { throw DatabaseError.connectionLost }
            let book = try CourseGradebook(course: course, replies[1...3])
            let now = clock.now()
            let learners = try replies[4].map { row throws(DatabaseError) in
                try LearnerGrades(row: row, in: book, .everything, at: now)
            }
            let page = Page(cutting: learners, limit: limit) {
                PagePosition(order: "grid", id: $0.enrollment.uuid)
            }
            return GradeGrid(book: book, page: page)
        }
    }

    /// Reads the grades of a place in a course, in one round trip.
    ///
    /// Its learner sees what is released: of a muted item, and in a muted course, neither scores nor what they would come to.
    /// Those who may read the course's grades see everything.
    ///
    /// - Parameters:
    ///   - enrollment: The place.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The items and the grades.
    /// - Throws: `GradebookError.enrollmentNotFound` for a place that is neither their own nor in a course whose grades they
    ///   may read.
    public func fetch(_ enrollment: Enrollment.ID, reader: TenantReader) async throws(GradebookError)
        -> LearnerGradebook
    {
        try await GradebookError.translating {
            let course: SQL = "(SELECT course_id FROM enrollments WHERE id = \(enrollment))"
            let principal = reader.principal
            let replies = try await reader.read(
                [.selectEnrollment(enrollment, for: principal.user)] + SQL.selectGradebook(of: course)
                    + [.selectGradeGrid(of: course, place: enrollment, limit: 1)]
            )
            guard replies.count == 5, let first = replies[0].only, let row = replies[4].only else {
                throw GradebookError.enrollmentNotFound
            }
            var fields = RowFields(first)
            let place = try EnrollmentListing(fields: &fields).enrollment
            let role: CourseRole? = try fields.next()
            let maySeeAll = principal.may(.gradeRead, as: role)
            guard maySeeAll || principal.user != nil && principal.user == place.user else {
                throw GradebookError.enrollmentNotFound
            }
            let book = try CourseGradebook(course: place.course, replies[1...3])
            let grades = try LearnerGrades(row: row, in: book, maySeeAll ? .everything : .released, at: clock.now())
            guard !maySeeAll else { return LearnerGradebook(book: book, grades: grades) }
            let shown = CourseGradebook(
                course: book.course,
                setup: book.setup,
                isMuted: book.isMuted,
                version: book.version,
                items: book.items.filter(\.draft.isPublished)
            )
            return LearnerGradebook(book: shown, grades: grades)
        }
    }

    /// Lists what was done to a learner's grades in a course, the last first, in one round trip.
    ///
    /// - Parameters:
    ///   - learner: The learner.
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most changes to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:read` on the course; `.learnerNotFound`;
    ///   `.invalidPosition`.
    public func history(
        of learner: Principal.ID,
        in course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(GradebookError) -> Page<GradeChange> {
        var before: Int?
        if let position {
            guard position.order == "history", let ordinal = Int(position.key) else { throw .invalidPosition }
            before = ordinal
        }
        return try await GradebookError.translating {
            let replies = try await reader.read([
                .selectCourse(course), .selectEnrollmentIdentifier(of: learner, in: course),
                .selectGradeChanges(of: learner, in: course, before: before, limit: limit.withProbe),
            ])
            _ = try Gradebook.require(.gradeRead, on: replies.first, by: reader.principal)
            guard replies[1].only != nil else { throw GradebookError.learnerNotFound }
            return Page(cutting: try replies[2].map(GradeChange.init(row:)), limit: limit.count) {
                PagePosition(order: "history", key: String($0.ordinal), id: $0.id.uuid)
            }
        }
    }

    /// Reads the course's row and refuses whoever may not do this to its grades: as not found where the course is a secret.
    static func require(_ permission: Permission, on rows: Rows?, by principal: Principal) throws -> Course {
        guard let row = rows?.only else { throw GradebookError.courseNotFound }
        let course = try Course(row: row)
        guard principal.may(permission, as: course.role(of: principal)) else {
            throw CoursePolicy.isKnown(course, to: principal) ? GradebookError.forbidden : .courseNotFound
        }
        return course
    }

    /// Reads the rows of an item's course and of the item, and refuses whoever may not do this to its grades: as not found
    /// whoever may not read them either.
    static func require(_ permission: Permission, _ replies: [Rows], by principal: Principal) throws -> GradeItem {
        guard let row = replies.first?.only, replies.count > 1, let item = replies[1].only else {
            throw GradebookError.itemNotFound
        }
        let role = try Course(row: row).role(of: principal)
        guard principal.may(.gradeRead, as: role) else { throw GradebookError.itemNotFound }
        guard principal.may(permission, as: role) else { throw GradebookError.forbidden }
        return try GradeItem(row: item)
    }
}
