// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What names a course in an address.
public enum CourseReference: Sendable, Hashable {
    /// Its identifier.
    case id(Course.ID)
    /// Its slug, as it came from outside.
    case slug(String)
}

extension Courses {
    /// Reads a course with its modules and lessons in one round trip.
    ///
    /// Its staff see every lesson; everybody else sees the published ones, which are the same for all of them, and of each module
    /// when it is theirs.
    ///
    /// - Parameters:
    ///   - reference: Which course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The course and its curriculum.
    /// - Throws: `CourseError.notFound` if there is none or the reader may not see it.
    public func outline(
        of reference: CourseReference,
        reader: TenantReader
    ) async throws(CourseError) -> CourseOutline {
        try await CourseError.translating {
            let rows: [Rows]
            switch reference {
            case .id(let id):
                rows = try await reader.read([
                    .selectCourse(id), .selectModules(of: id), .selectLessons(of: id),
                    .selectEnrollmentStatus(of: reader.principal.user, in: id),
                    .selectAvailability(of: "\(id)", for: reader.principal.user, at: clock.now()),
                ])
            case .slug(let slug):
                rows = try await reader.read([
                    .selectCourse(slug: slug), .selectModules(ofSlug: slug), .selectLessons(ofSlug: slug),
                    .selectEnrollmentStatus(of: reader.principal.user, inSlug: slug),
                    .selectAvailability(
                        of: "(SELECT id FROM courses WHERE slug = \(slug))",
                        for: reader.principal.user,
                        at: clock.now()
                    ),
                ])
            }
            guard let row = rows[0].only else { throw CourseError.notFound }
            let course = try Course(row: row)
            let facts = AccessFacts(
                of: course,
                for: reader.principal,
                enrollment: try rows[3].only.map { row in try row[0] }
            )
            guard EntitlementPolicy.level(facts, for: reader.principal) != .none else { throw CourseError.notFound }
            let isStaff = EntitlementPolicy.isStaff(facts, reader.principal)
            let lessons = try rows[2].map(Lesson.init(row:)).filter { isStaff || $0.status == .published }
            var availability: [Module.ID: Availability] = [:]
            for row in rows[4] where !isStaff {
                var fields = RowFields(row)
                let module: Module.ID = try fields.next()
                availability[module] = try Availability(fields: &fields)
            }
            return CourseOutline(
                course: course,
                modules: try rows[1].map(Module.init(row:)),
                lessons: lessons,
                availability: availability
            )
        }
    }

    /// Reads a course in one round trip.
    ///
    /// - Parameters:
    ///   - id: Which course.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The course.
    /// - Throws: `CourseError.notFound` if there is none or the reader may not see it.
    public func fetch(_ id: Course.ID, reader: TenantReader) async throws(CourseError) -> Course {
        try await CourseError.translating {
            let rows = try await reader.read([
                .selectCourse(id), .selectEnrollmentStatus(of: reader.principal.user, in: id),
            ])
            guard let row = rows[0].only else { throw CourseError.notFound }
            let course = try Course(row: row)
            let facts = AccessFacts(
                of: course,
                for: reader.principal,
                enrollment: try rows[1].only.map { row in try row[0] }
            )
            guard EntitlementPolicy.level(facts, for: reader.principal) != .none else { throw CourseError.notFound }
            return course
        }
    }
}
