// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Enrollments {
    /// Reads an enrollment in one round trip.
    ///
    /// - Parameters:
    ///   - id: The enrollment.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The enrollment with its course.
    /// - Throws: `EnrollmentError.notFound` unless the reader is its learner or may see the course's enrollments.
    public func fetch(_ id: Enrollment.ID, reader: TenantReader) async throws(EnrollmentError) -> EnrollmentListing {
        try await EnrollmentError.translating {
            let rows = try await reader.read(.selectEnrollment(id, for: reader.principal.user))
            return try Enrollments.visible(rows, to: reader.principal)
        }
    }

    /// Reads the reader's own enrollment in a course in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The enrollment with its course.
    /// - Throws: `EnrollmentError.notFound` if they never enrolled.
    public func fetchMine(in course: Course.ID, reader: TenantReader) async throws(EnrollmentError) -> EnrollmentListing
    {
        guard let me = reader.principal.user else { throw .notFound }
        return try await EnrollmentError.translating {
            guard let row = try await reader.read(.selectEnrollment(of: me, in: course)).only else {
                throw EnrollmentError.notFound
            }
            return try EnrollmentListing(row: row)
        }
    }

    /// What a list of enrollments says beside each of them.
    public enum Detail: Sendable, Hashable {
        /// The enrollments alone.
        case plain
        /// Also the lesson to go on with.
        case withNextLesson
    }

    /// Lists a learner's enrollments, the newest first.
    ///
    /// - Parameters:
    ///   - user: The learner; the reader if it is `nil`.
    ///   - status: Only enrollments of this status.
    ///   - detail: What to say beside each.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most enrollments to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, and how many there are on all pages, of one round trip.
    /// - Throws: `EnrollmentError.forbidden` for another's without `enrollment:read` on every course;
    ///   `.invalidPosition`.
    public func list(
        of user: Principal.ID? = nil,
        status: Enrollment.Status? = nil,
        detail: Detail = .plain,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(EnrollmentError) -> (page: Page<EnrollmentListing>, total: Int) {
        guard let learner = user ?? reader.principal.user else { throw .forbidden }
        guard learner == reader.principal.user || reader.principal.may(.enrollmentRead, on: .foreign) else {
            throw .forbidden
        }
        if let position, position.order != "mine" { throw .invalidPosition }
        return try await EnrollmentError.translating {
            let rows = try await reader.read([
                .listEnrollments(
                    of: learner,
                    status: status,
                    after: position.map { Enrollment.ID($0.id) },
                    limit: limit.withProbe,
                    withNextLesson: detail == .withNextLesson,
                    at: clock.now()
                ),
                .countEnrollments(of: learner, status: status),
            ])
            let listings = try rows[0].map { row in try EnrollmentListing(row: row, withNextLesson: true) }
            let page = Page(cutting: listings, limit: limit.count) {
                PagePosition(order: "mine", id: $0.enrollment.id.uuid)
            }
            return (page, try rows[1].first.map { row in try row[0] } ?? 0)
        }
    }

    /// Lists a course's learners, the newest first.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - status: Only enrollments of this status.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most learners to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page, of one round trip.
    /// - Throws: `EnrollmentError.courseNotFound` or `.forbidden` without `enrollment:read` on the course;
    ///   `.invalidPosition`.
    public func list(
        in course: Course.ID,
        status: Enrollment.Status? = nil,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(EnrollmentError) -> Page<CourseLearner> {
        if let position, position.order != "course" { throw .invalidPosition }
        return try await EnrollmentError.translating {
            let rows = try await reader.read([
                .selectCourse(course),
                .listEnrollments(
                    in: course,
                    status: status,
                    after: position.map { Enrollment.ID($0.id) },
                    limit: limit.withProbe
                ),
            ])
            try Enrollments.requireReading(rows[0], by: reader.principal)
            return Page(cutting: try rows[1].map(CourseLearner.init(row:)), limit: limit.count) {
                PagePosition(order: "course", id: $0.enrollment.id.uuid)
            }
        }
    }

    /// Counts a course's learners in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: How they stand.
    /// - Throws: `EnrollmentError.courseNotFound` or `.forbidden` without `enrollment:read` on the course.
    public func statistics(
        of course: Course.ID,
        reader: TenantReader
    ) async throws(EnrollmentError) -> EnrollmentStatistics {
        try await EnrollmentError.translating {
            let rows = try await reader.read([.selectCourse(course), .selectEnrollmentStatistics(of: course)])
            try Enrollments.requireReading(rows[0], by: reader.principal)
            guard let row = rows[1].only else { throw EnrollmentError.courseNotFound }
            return try EnrollmentStatistics(row: row)
        }
    }

    private static func requireReading(_ rows: Rows, by principal: Principal) throws {
        guard let row = rows.only else { throw EnrollmentError.courseNotFound }
        let course = try Course(row: row)
        if principal.may(.enrollmentRead, as: course.role(of: principal)) { return }
        throw CoursePolicy.isKnown(course, to: principal) ? EnrollmentError.forbidden : .courseNotFound
    }
}
