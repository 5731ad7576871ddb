// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

extension IsolationSettler {
    /// What is graded in a course, and an import of grades.
    struct Graded {
        let item: GradeItem.ID
        let category: GradeCategory.ID
        let `import`: GradeImport.ID
    }

    /// Has something graded in a course, in a category, with a table of grades that somebody brought in.
    ///
    /// - Returns: All of it.
    /// - Throws: If the tenant refuses it.
    func grade(_ course: Course.ID, of user: User.ID) async throws -> Graded {
        let gradebook = host.platform.lms.gradebook
        let grader = Principal(.user(user), grants: BuiltInRole.owner.grants)
        return try await tenant.transaction(as: grader) { session in
            // Several have estates in one course.
            let before = try await session.execute("SELECT id FROM grade_categories WHERE course_id = \(course)")
            let category: GradeCategory.ID = try before.first.map { row in try row[0] } ?? IdentifierSource().next()
            if before.isEmpty {
                let categories = [GradeCategory(id: category, name: mark, weight: Points(1))]
                _ = try await gradebook.arrange(GradebookSetup(categories: categories), of: course, session: session)
            }
            let draft = GradeItemDraft(title: mark, maxPoints: Points(10), category: category)
            let item = try await gradebook.add(draft, to: course, session: session)
            let found = try await gradebook.preview("userId\r\n", for: course, session: session)
            return Graded(item: item.id, category: category, import: found.import.id)
        }
    }

    /// Gives the estate's person two scores, one after the other, for what is graded there; the dean's has an import of two more,
    /// of somebody else's, because nobody grades themselves.
    ///
    /// - Parameter estate: Where they have a place.
    /// - Throws: If the tenant refuses it.
    func score(_ estate: inout Estate) async throws {
        let learner = try #require(User.ID(estate[.user]))
        let item = try #require(GradeItem.ID(estate[.gradeItem]))
        let user = estate[.user] == dean.user ? stranger.user : dean.user
        let grader = Principal(.user(try #require(User.ID(user))), grants: BuiltInRole.owner.grants)
        for points in [Points(1), Points(2)] {
            try await tenant.transaction(as: grader) { session in
                let entry = GradeEntry(item: item, learner: learner, status: .graded, score: points)
                _ = try await host.platform.lms.gradebook.enter(entry, session: session)
            }
        }
        guard estate[.user] == dean.user else { return }
        let course = try #require(Course.ID(estate[.course]))
        let pupil = try #require(User.ID(try await host.register("\(mark)-pupil", at: tenant).user))
        try await tenant.transaction(as: Principal(.user(pupil), grants: BuiltInRole.student.grants)) { session in
            _ = try await host.platform.lms.enrollments.enroll(pupil, in: course, session: session)
        }
        let importer = Principal(.user(learner), grants: BuiltInRole.owner.grants)
        let found = try await tenant.transaction(as: importer) { session in
            let gradebook = host.platform.lms.gradebook
            let other = try await gradebook.add(
                GradeItemDraft(title: mark, maxPoints: Points(10)),
                to: course,
                session: session
            )
            let table = "userId,\(mark) [\(item)],\(mark) [\(other.id)]\r\n\(pupil),3,4\r\n"
            return try await gradebook.preview(table, for: course, session: session)
        }
        estate.ids[.gradeImport] = found.import.id.description
    }
}
