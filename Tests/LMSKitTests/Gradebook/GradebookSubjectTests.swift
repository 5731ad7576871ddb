// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct GradebookSubjectTests {
    @Test func `a score is recorded once, however often it is told`() async throws {
        try await GradebookWorld.with { world in
            let score = try #require(Points("7.333333"))
            #expect(try await world.record(score).isChanged)
            #expect(try await !world.record(score).isChanged)
            #expect(try await world.stored() == ["7.333333 graded 1"])
            #expect(try await world.count(.gradeChanged) == 1)
            #expect(try await world.count(.gradeReleased) == 1)
            #expect(try await world.record(Points(8), isLate: true).isChanged)
            #expect(try await world.stored() == ["8.000000 late 2"])
            #expect(try await world.count(.gradeChanged) == 2)
            #expect(try await world.count(.gradeReleased) == 1)
        }
    }

    @Test func `the same score told by many at once is one change`() async throws {
        try await GradebookWorld.with { world in
            let changes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 { group.addTask { try await world.record(Points(5)).isChanged } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(changes == 1)
            #expect(try await world.count(.gradeChanged) == 1)
        }
    }

    @Test func `a score above the item's points, below none or of a stranger is refused`() async throws {
        try await GradebookWorld.with { world in
            let tooHigh = try #require(Points("10.000001"))
            await #expect(throws: GradebookError.scoreTooHigh(limit: Points(10))) { try await world.record(tooHigh) }
            await #expect(throws: GradebookError.invalid(constraint: "grades_score_ck")) {
                try await world.record(Points(-1))
            }
            await #expect(throws: GradebookError.learnerNotFound) {
                try await world.record(Points(1), of: world.world.stranger)
            }
            #expect(try await world.stored().isEmpty)
        }
    }

    @Test func `an item that is put again keeps how it counts and takes what the quiz says`() async throws {
        try await GradebookWorld.with { world in
            let again = try await world.world.tenant.transaction(as: world.world.teacher) { session in
                var draft = GradeItemDraft(title: "Mechanics II", maxPoints: Points(20), position: 7)
                draft.counts = false
                return try await world.gradebook.putItem(for: world.quiz, in: world.course, draft, session: session)
            }
            #expect(again == world.item)
            let rows: [String] = try await world.world.tenant.transaction { session in
                let rows = try await session.execute(
                    "SELECT title || ' ' || trunc(max_points) || ' ' || position || ' ' || counts FROM grade_items"
                )
                return try rows.map { try $0[0] }
            }
            #expect(rows == ["Mechanics II 20 0 true"])
        }
    }

    @Test func `an item without grades goes with its quiz, one with grades stays and does not count`() async throws {
        try await GradebookWorld.with { world in
            @Sendable func remove() async throws -> [String] {
                try await world.world.tenant.transaction(as: world.world.teacher) { session in
                    try await session.batch(
                        world.gradebook.removingItem(for: world.quiz, in: world.course, by: session.principal)
                    )
                    let rows = try await session.execute("SELECT is_published || ' ' || counts FROM grade_items")
                    return try rows.map { try $0[0] }
                }
            }
            try await world.record(Points(1))
            #expect(try await remove() == ["false false"])
            try await world.world.tenant.transaction { session in
                _ = try await session.execute("DELETE FROM grades")
            }
            #expect(try await remove().isEmpty)
        }
    }

    @Test(arguments: [
        ("7", 7_000_000), ("7.25", 7_250_000), ("0.000001", 1), ("007.5", 7_500_000), ("", nil), (".5", nil),
        ("5.", nil),
        ("-1", nil), ("+1", nil), ("1e3", nil), ("1,5", nil), ("0.0000001", nil), ("1234567890", nil), ("٧", nil),
    ])
    func `points are read from plain decimals and nothing else`(text: String, millionths: Int?) {
        #expect(Points(text)?.millionths == millionths)
    }

    @Test(arguments: [(7_000_000, "7"), (7_250_000, "7.25"), (1, "0.000001"), (-500_000, "-0.5"), (0, "0")])
    func `points are written without needless zeros`(millionths: Int, text: String) {
        #expect(Points(millionths: millionths).description == text)
    }
}
