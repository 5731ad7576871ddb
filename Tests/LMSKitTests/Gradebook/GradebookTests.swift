// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

extension GradebookWorld {
    /// Runs a change as somebody; the teacher unless said.
    @discardableResult
    func change<Result: Sendable>(
        as principal: Principal? = nil,
        _ body: (borrowing TenantSession) async throws -> Result
    ) async throws -> Result {
        try await world.tenant.transaction(as: principal ?? world.teacher, body)
    }

    /// Something that is graded by hand.
    func manual(_ title: String = "Oral", of points: Int = 20) async throws -> GradeItem.ID {
        try await change { session in
            try await gradebook.add(
                GradeItemDraft(title: title, maxPoints: Points(points)),
                to: course,
                session: session
            ).id
        }
    }

    /// Enters what the learner gets.
    @discardableResult
    func enter(
        _ score: Points?,
        _ status: Grade.Status = .graded,
        in item: GradeItem.ID,
        as principal: Principal? = nil,
        expecting version: Int? = nil
    ) async throws -> LearnerGrades {
        let user = try #require(learner.user)
        return try await change(as: principal) { session in
            let entry = GradeEntry(item: item, learner: user, status: status, score: score)
            return try await gradebook.enter(entry, expecting: version, session: session)
        }
    }

    /// What the learner sees.
    func seen() async throws -> LearnerGradebook {
        try await gradebook.fetch(place.id, reader: world.tenant.reader(as: learner))
    }

    /// What those who teach see of the learner.
    func whole() async throws -> LearnerGrades {
        try await gradebook.fetch(place.id, reader: world.tenant.reader(as: world.teacher)).grades
    }
}

@Suite struct GradebookTests {
    @Test func `a score by hand counts, is told once, and is kept in the history with who and what before`()
        async throws
    {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let first = try await world.enter(Points(12), in: item)
            #expect(first.sum.current?.description == "60")
            try await world.enter(Points(12), in: item)
            try await world.enter(Points(15), in: item)
            #expect(try await world.count(.gradeChanged) == 2)
            #expect(try await world.count(.gradeReleased) == 1)
            let history = try await world.gradebook.history(
                of: try #require(world.learner.user),
                in: world.course,
                reader: world.world.tenant.reader(as: world.world.teacher)
            )
            #expect(history.items.map(\.after) == [Points(15), Points(12)])
            #expect(history.items.map(\.before) == [Points(12), nil])
            #expect(history.items.allSatisfy { $0.changedBy == world.world.teacher.user && $0.source == .manual })
        }
    }

    @Test func `a grade that somebody else changed meanwhile is not overwritten`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            try await world.enter(Points(12), in: item, expecting: 0)
            await #expect(throws: GradebookError.versionMismatch(current: 1)) {
                try await world.enter(Points(13), in: item, expecting: 0)
            }
            #expect(try await world.enter(Points(13), in: item, expecting: 1).grades[item]?.version == 2)
        }
    }

    @Test func `a quiz's score is excused and overridden by hand, and not entered`() async throws {
        try await GradebookWorld.with { world in
            try await world.record(Points(4))
            await #expect(throws: GradebookError.scoredBySubject) { try await world.enter(Points(5), in: world.item) }
            try await world.enter(nil, .excused, in: world.item)
            #expect(try await world.whole().sum.current == nil)
            try await world.record(Points(6))
            #expect(try await world.whole().grades[world.item]?.status == .excused)
            try await world.enter(nil, .ungraded, in: world.item)
            let back = try await world.whole()
            #expect(back.grades[world.item]?.status == .graded)
            #expect(back.sum.current?.description == "60")
        }
    }

    @Test func `an override counts until it is taken back, however often the quiz is scored again`() async throws {
        try await GradebookWorld.with { world in
            let user = try #require(world.learner.user)
            @Sendable func override(_ score: Points?) async throws -> LearnerGrades {
                try await world.change { session in
                    try await world.gradebook.override(
                        score,
                        of: user,
                        in: world.item,
                        because: "Graded again",
                        session: session
                    )
                }
            }
            try await world.record(Points(4))
            #expect(try await override(Points(9)).sum.current?.description == "90")
            try await world.record(Points(5))
            #expect(try await world.whole().sum.current?.description == "90")
            #expect(try await override(nil).sum.current?.description == "50")
            await #expect(throws: GradebookError.scoreTooHigh(limit: Points(10))) { _ = try await override(Points(11)) }
            let history = try await world.gradebook.history(
                of: user,
                in: world.course,
                reader: world.world.tenant.reader(as: world.world.admin)
            )
            #expect(history.items.filter { $0.kind == .override }.map(\.reason) == ["Graded again", "Graded again"])
        }
    }

    @Test func `the course's grade is overridden with a reason, and shows in the letter`() async throws {
        try await GradebookWorld.with { world in
            let user = try #require(world.learner.user)
            try await world.record(Points(4))
            let scheme = try GradingScheme([
                .init("Passed", from: GradePercentage(hundredths: 5_000)), .init("Failed", from: .zero),
            ])
            try await world.change { session in
                try await world.gradebook.arrange(GradebookSetup(scheme: scheme), of: world.course, session: session)
            }
            #expect(try await world.seen().grades.sum.letter == "Failed")
            @Sendable func override(_ percentage: GradePercentage?, because reason: String) async throws {
                try await world.change { session in
                    _ = try await world.gradebook.override(
                        percentage,
                        of: user,
                        in: world.course,
                        because: reason,
                        session: session
                    )
                }
            }
            try await override(GradePercentage(hundredths: 5_500), because: "Decided by the board")
            #expect(try await world.seen().grades.sum.letter == "Passed")
            await #expect(throws: GradebookError.invalid(constraint: "grade_changes_reason_ck")) {
                try await override(nil, because: "")
            }
            try await override(nil, because: "Taken back")
            #expect(try await world.seen().grades.sum.letter == "Failed")
        }
    }

    @Test func `a learner sees nothing of a muted item, and each is told once when it is released`() async throws {
        try await GradebookWorld.with { world in
            try await world.change { try await world.gradebook.show(world.item, .muted, session: $0) }
            try await world.record(Points(4))
            #expect(try await world.count(.gradeReleased) == 0)
            var seen = try await world.seen()
            #expect(seen.grades.grades.all.isEmpty)
            #expect(seen.grades.sum.current == nil)
            #expect(seen.grades.sum.final == nil)
            #expect(try await world.whole().sum.current?.description == "40")
            for _ in 0..<2 {
                try await world.change { try await world.gradebook.show(world.item, .released, session: $0) }
            }
            #expect(try await world.count(.gradeReleased) == 1)
            seen = try await world.seen()
            #expect(seen.grades.sum.current?.description == "40")
            try await world.change { try await world.gradebook.show(world.course, .muted, session: $0) }
            #expect(try await world.seen().grades.grades.all.isEmpty)
            try await world.change { try await world.gradebook.show(world.course, .released, session: $0) }
            #expect(try await world.seen().grades.sum.current?.description == "40")
            #expect(try await world.count(.gradeReleased) == 1)
        }
    }

    @Test func `a learner is told of a grade by hand once they may see it, and of a quiz's by the quiz alone`()
        async throws
    {
        try await GradebookWorld.with { world in
            @Sendable func told() async throws -> [String] {
                try await world.handOn(to: world.lms.notifications.consumer, as: "notifications")
                let voice = NotificationVoice(language: .english, organization: "Acme")
                let reader = world.world.tenant.reader(as: world.learner)
                let all = try await world.lms.notifications.list(in: voice, reader: reader)
                return all.items.map(\.text.title).filter { $0.hasPrefix("Your grade") }
            }
            let item = try await world.manual()
            try await world.change { try await world.gradebook.show(item, .muted, session: $0) }
            try await world.enter(Points(3), in: item)
            try await world.record(Points(3))
            #expect(try await told().isEmpty)
            try await world.change { try await world.gradebook.show(item, .released, session: $0) }
            #expect(try await told() == [#"Your grade in "Oral" is there"#])
            #expect(try await told() == [#"Your grade in "Oral" is there"#])
        }
    }

    @Test func `many scores are entered together or not at all`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let other = try await world.another()
            let users = [try #require(world.learner.user), try #require(other.user)]
            @Sendable func enter(_ users: [Principal.ID]) async throws -> [RecordedGrade] {
                try await world.change { session in
                    let entries = users.map { GradeEntry(item: item, learner: $0, score: Points(7)) }
                    return try await world.gradebook.enter(entries, for: item, session: session)
                }
            }
            await #expect(throws: GradebookError.learnerNotFound) {
                _ = try await enter(users + [try #require(world.world.stranger.user)])
            }
            #expect(try await world.stored(item).isEmpty)
            #expect(try await enter(users).count { $0.isChanged } == 2)
            #expect(try await enter(users).count { $0.isChanged } == 0)
            await #expect(throws: GradebookError.tooManyEntries(limit: 500)) {
                _ = try await enter((0...500).map { _ in Principal.ID(UUID()) })
            }
        }
    }

    @Test func `categories keep their identity, may swap their names, and leave their items behind`() async throws {
        try await GradebookWorld.with { world in
            let (first, second) = (GradeCategory.ID(UUID()), GradeCategory.ID(UUID()))
            @Sendable func arrange(_ names: [(GradeCategory.ID, String)], _ version: Int) async throws
                -> CourseGradebook
            {
                try await world.change { session in
                    let categories = names.map { GradeCategory(id: $0.0, name: $0.1, weight: Points(1)) }
                    return try await world.gradebook.arrange(
                        GradebookSetup(mode: .weighted, categories: categories),
                        of: world.course,
                        expecting: version,
                        session: session
                    )
                }
            }
            #expect(try await arrange([(first, "A"), (second, "B")], 0).version == 1)
            await #expect(throws: GradebookError.versionMismatch(current: 1)) { _ = try await arrange([], 0) }
            let swapped = try await arrange([(first, "B"), (second, "A")], 1)
            #expect(swapped.setup.categories.map(\.name) == ["B", "A"])
            let item = try await world.change { session in
                let draft = GradeItemDraft(title: "Essay", maxPoints: Points(5), category: first)
                return try await world.gradebook.add(draft, to: world.course, session: session)
            }
            let left = try await arrange([(second, "A")], 2)
            #expect(left.items.first { $0.id == item.id }?.draft.category == nil)
            let other = try await world.world.course("Chemistry").course.id
            await #expect(throws: GradebookError.categoryNotFound) {
                try await world.change { session in
                    let draft = GradeItemDraft(title: "Essay", maxPoints: Points(5), category: second)
                    _ = try await world.gradebook.add(draft, to: other, session: session)
                }
            }
        }
    }

    @Test func `attack: whoever may not grade in a course neither sees nor changes its grades`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            try await world.enter(Points(12), in: item)
            let other = try await world.another()
            for (principal, error) in [
                (world.world.stranger, GradebookError.itemNotFound), (world.learner, .itemNotFound),
                (other, .itemNotFound),
                (.anonymous, .itemNotFound),
            ] {
                await #expect(throws: error) { try await world.enter(Points(20), in: item, as: principal) }
                await #expect(throws: error) {
                    try await world.change(as: principal) {
                        try await world.gradebook.show(item, .released, session: $0)
                    }
                }
                await #expect(throws: GradebookError.forbidden) {
                    _ = try await world.gradebook.grid(
                        of: world.course,
                        reader: world.world.tenant.reader(as: principal)
                    )
                }
            }
            for principal in [world.world.stranger, other, .anonymous] {
                await #expect(throws: GradebookError.enrollmentNotFound) {
                    _ = try await world.gradebook.fetch(
                        world.place.id,
                        reader: world.world.tenant.reader(as: principal)
                    )
                }
            }
            #expect(try await world.stored(item) == ["12.000000 graded 1"])
        }
    }

    @Test func `an assistant enters scores, and neither overrides, releases nor sets up`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let helper = try await world.world.platform.member("helper", .assistant, of: world.world.tenant)
            let user = try #require(helper.user)
            try await world.change(as: world.world.admin) { session in
                _ = try await world.lms.courses.setRole(.assistant, of: user, in: world.course, session: session)
            }
            #expect(try await world.enter(Points(3), in: item, as: helper).sum.current?.description == "15")
            await #expect(throws: GradebookError.forbidden) {
                try await world.change(as: helper) { try await world.gradebook.show(item, .muted, session: $0) }
            }
            await #expect(throws: GradebookError.forbidden) {
                try await world.change(as: helper) { session in
                    try await world.gradebook.arrange(GradebookSetup(), of: world.course, session: session)
                }
            }
            await #expect(throws: GradebookError.forbidden) {
                try await world.change(as: helper) { session in
                    try await world.gradebook.override(
                        Points(20),
                        of: try #require(world.learner.user),
                        in: item,
                        because: "A favor",
                        session: session
                    )
                }
            }
        }
    }

    @Test func `the grid is paged by learner and reads each grade through the keys`() async throws {
        try await GradebookWorld.with { world in
            try await world.world.tenant.transaction { session in
                _ = try await session.batch([
                    """
                    INSERT INTO users (id, email, email_key, display_name, status, created_at, updated_at)
                    SELECT gen_random_uuid(), 'n' || n || '@example.net', 'n' || n || '@example.net', 'N', 'active', now(), now()
                    FROM generate_series(1, 2000) n
                    """,
                    """
                    INSERT INTO enrollments (id, user_id, course_id, status, enrolled_at)
                    SELECT gen_random_uuid(), id, \(world.course), 'active', now() FROM users WHERE email LIKE '%@example.net'
                    """,
                    """
                    INSERT INTO grade_items (id, course_id, kind, title, max_points, created_at, updated_at)
                    SELECT gen_random_uuid(), \(world.course), 'manual', 'I' || n, 10, now(), now()
                    FROM generate_series(1, 10) n
                    """,
                    """
                    INSERT INTO grades (course_id, user_id, item_id, score, status, source, graded_at)
                    SELECT e.course_id, e.user_id, i.id, 5, 'graded', 'manual', now()
                    FROM enrollments e JOIN grade_items i ON i.course_id = e.course_id AND i.kind = 'manual'
                    """,
                ])
            }
            let reader = world.world.tenant.reader(as: world.world.teacher)
            var position: PagePosition?
            var learners = 0
            repeat {
                let grid = try await world.gradebook.grid(of: world.course, after: position, limit: 500, reader: reader)
                learners += grid.page.items.count
                #expect(grid.book.items.count == 11)
                #expect(grid.page.items.allSatisfy { $0.grades.all.count == 10 && $0.sum.current?.description == "50" })
                position = grid.page.next
            } while position != nil
            #expect(learners == 2001)
            try await world.world.tenant.analyze("enrollments", "grade_items", "grades")
            let plan = try await world.world.tenant.transaction { session in
                let grid = SQL.selectGradeGrid(of: "\(world.course)", limit: 50)
                let rows = try await session.execute("EXPLAIN (COSTS OFF) \(grid)")
                return try rows.map { row throws(DatabaseError) -> String in try row[0] }.joined(separator: "\n")
            }
            #expect(plan.contains("enrollments_course_id_idx") || plan.contains("enrollments_key"), "\(plan)")
            #expect(plan.contains("grades_key") || plan.contains("grades_user_id_idx"), "\(plan)")
            #expect(!plan.contains("Seq Scan on grades") && !plan.contains("Seq Scan on enrollments"), "\(plan)")
        }
    }
}
