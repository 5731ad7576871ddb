// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct OwnGradeTests {
    @Test func `attack: nobody who grades gives themselves a grade, by no way, and no owner either`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let owner = try await world.world.platform.member("owner", .owner, of: world.world.tenant)
            for principal in [owner, world.world.admin, world.world.teacher] {
                let user = try #require(principal.user)
                _ = try await world.world.enroll(principal, in: world.course)
                await #expect(throws: GradebookError.forbidden) {
                    try await world.change(as: principal) { session in
                        let entry = GradeEntry(item: item, learner: user, score: Points(20))
                        return try await world.gradebook.enter(entry, session: session)
                    }
                }
                await #expect(throws: GradebookError.forbidden) {
                    try await world.change(as: principal) { session in
                        let entries = [try #require(world.learner.user), user].map {
                            GradeEntry(item: item, learner: $0, status: .excused)
                        }
                        return try await world.gradebook.enter(entries, for: item, session: session)
                    }
                }
                await #expect(throws: GradebookError.forbidden) {
                    try await world.change(as: principal) { session in
                        try await world.gradebook.override(
                            Points(10),
                            of: user,
                            in: world.item,
                            because: "I was good",
                            session: session
                        )
                    }
                }
                await #expect(throws: GradebookError.forbidden) {
                    try await world.change(as: principal) { session in
                        try await world.gradebook.override(
                            GradePercentage.full,
                            of: user,
                            in: world.course,
                            because: "I was good",
                            session: session
                        )
                    }
                }
                #expect(try await world.stored(item, of: principal).isEmpty)
                #expect(try await world.stored(of: principal).isEmpty)
            }
            #expect(try await world.stored(item).isEmpty)
        }
    }

    @Test func `attack: a table that gives whoever brings it in a grade is not applied`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let (teacher, learner) = (try #require(world.world.teacher.user), try #require(world.learner.user))
            _ = try await world.world.enroll(world.world.teacher, in: world.course)
            // A table that was given out has one's own line too, and may be brought in as long as that stays.
            #expect(try await world.preview(try await world.table()).import.issues.isEmpty)
            let shown = try await world.preview("userId,Oral [\(item)]\n\(learner),4\n\(teacher),20\n")
            #expect(shown.import.issues.map { "\($0.line) \($0.code.rawValue)" } == ["3 ownGrade"])
            await #expect(throws: GradebookError.importHasMistakes) { _ = try await world.apply(shown.import.id) }
            // What was brought in before that was a mistake.
            try await world.change(as: .test) { session in
                _ = try await session.execute(
                    "UPDATE grade_imports SET issue_lines = '{}', issue_columns = '{}', issue_codes = '{}'"
                )
            }
            await #expect(throws: GradebookError.forbidden) { _ = try await world.apply(shown.import.id) }
            #expect(try await world.stored(item).isEmpty)
            #expect(try await world.stored(item, of: world.world.teacher).isEmpty)
        }
    }
}
