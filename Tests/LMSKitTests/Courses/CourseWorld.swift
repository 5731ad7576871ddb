// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

/// A tenant with an instructor, a second one, an admin and a learner.
struct CourseWorld: Sendable {
    let platform: TestPlatform
    let tenant: TestTenant
    let teacher: Principal
    let stranger: Principal
    let admin: Principal
    let learner: Principal

    var lms: LMS { platform.lms }

    init(_ tenant: TestTenant) async throws {
        self.tenant = tenant
        platform = try TestPlatform()
        teacher = try await platform.member("teacher", .instructor, of: tenant)
        stranger = try await platform.member("stranger", .instructor, of: tenant)
        admin = try await platform.member("admin", .admin, of: tenant)
        learner = try await platform.member("learner", .student, of: tenant)
    }

    static func with(_ body: (CourseWorld) async throws -> Void) async throws {
        try await withTenant { try await body(try await CourseWorld($0)) }
    }

    /// A course of the teacher's, with `lessons` published lessons in each of its modules.
    func course(
        _ title: String = "Physics",
        modules: [Int] = [],
        status: Course.Status = .published,
        _ change: @Sendable (inout CourseChanges) -> Void = { _ in }
    ) async throws -> CourseOutline {
        var changes = CourseChanges()
        change(&changes)
        let draft = CurriculumDraft(
            modules: modules.enumerated().map { index, count in
                .init(
                    title: "Module \(index + 1)",
                    lessons: (0..<count).map { .init(title: "Lesson \(index + 1).\($0 + 1)", kind: .reading) }
                )
            }
        )
        return try await tenant.transaction(as: teacher) { [changes] session in
            let course = try await lms.courses.create(NewCourse(title: title, changes: changes), session: session)
            let outline = try await lms.lessons.sync(draft, to: course.id, session: session)
            guard status != .draft else { return outline }
            _ = try await lms.courses.setStatus(status, of: course.id, session: session)
            return outline
        }
    }

    func enroll(_ principal: Principal, in course: Course.ID) async throws -> Enrollment {
        try await tenant.transaction(as: principal) { session in
            try await lms.enrollments.enroll(try #require(principal.user), in: course, session: session)
        }
    }

    func learners(_ count: Int) async throws -> [Principal] {
        var learners: [Principal] = []
        for number in 0..<count { learners.append(try await platform.member("learner\(number)", .student, of: tenant)) }
        return learners
    }

    func record(
        _ report: LessonReport,
        on enrollment: Enrollment.ID,
        as principal: Principal? = nil
    ) async throws -> RecordedProgress {
        try await lms.progress.record(
            report,
            on: enrollment,
            at: tenant.id,
            as: principal ?? learner,
            tenants: tenant.tenants
        )
    }
}

extension CourseOutline {
    /// The lessons of all modules.
    var lessons: [Lesson] { modules.flatMap(\.lessons) }
}
