// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

/// A published course of the teacher's with learners and a quiz in its gradebook.
struct GradebookWorld: Sendable {
    let world: CourseWorld
    let course: Course.ID
    let lessons: [Lesson]
    /// The quiz, which gives ten points.
    let quiz = GradeSubject(.quiz, UUID())
    let item: GradeItem.ID
    /// `world.learner`'s place.
    let place: Enrollment

    var lms: LMS { world.lms }
    var gradebook: Gradebook { world.lms.gradebook }
    var learner: Principal { world.learner }

    init(_ world: CourseWorld) async throws {
        self.world = world
        let outline = try await world.course(modules: [2])
        course = outline.course.id
        lessons = outline.lessons
        place = try await world.enroll(world.learner, in: outline.course.id)
        let (quiz, course, book) = (quiz, course, world.lms.gradebook)
        item = try await world.tenant.transaction(as: world.teacher) { session in
            let draft = GradeItemDraft(title: "Mechanics", maxPoints: Points(10))
            return try await book.putItem(for: quiz, in: course, draft, session: session)
        }
    }

    static func with(_ body: (GradebookWorld) async throws -> Void) async throws {
        try await CourseWorld.with { try await body(try await GradebookWorld($0)) }
    }

    /// Gives a learner points for the quiz, as the quiz does.
    @discardableResult
    func record(_ points: Points, isLate: Bool = false, of learner: Principal? = nil) async throws -> RecordedGrade {
        let user = try #require((learner ?? self.learner).user)
        return try await world.tenant.transaction(as: learner ?? self.learner) { session in
            try await gradebook.record(points, isLate: isLate, of: user, for: quiz, session: session)
        }
    }

    /// What the table holds of a learner: score in millionths, status, version.
    func stored(_ item: GradeItem.ID? = nil, of learner: Principal? = nil) async throws -> [String] {
        let user = try #require((learner ?? self.learner).user)
        return try await world.tenant.transaction { session in
            let rows = try await session.execute(
                """
                SELECT coalesce(score::text, '-') || ' ' || status || ' ' || version FROM grades
                WHERE user_id = \(user) AND item_id = \(item ?? self.item)
                """
            )
            return try rows.map { try $0[0] }
        }
    }

    /// How often an event of a type was recorded.
    func count(_ type: EventType) async throws -> Int {
        try await world.tenant.transaction { session in
            let rows = try await session.execute("SELECT count(*) FROM cell.tenant_events WHERE type = \(type.name)")
            return try #require(rows.only)[0]
        }
    }

    /// A learner with a place in the course.
    func another() async throws -> Principal {
        let learner = try await world.learners(1)[0]
        _ = try await world.enroll(learner, in: course)
        return learner
    }
}
