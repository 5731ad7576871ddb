// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct GradeReleaseTests {
    @Test func `what is graded before an item is published is released once, with its publication`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            func publish(_ isPublished: Bool) async throws {
                try await world.change { session in
                    var draft = GradeItemDraft(title: "Oral", maxPoints: Points(20))
                    draft.isPublished = isPublished
                    _ = try await world.gradebook.update(item, draft, session: session)
                }
            }
            try await publish(false)
            try await world.enter(Points(12), in: item)
            #expect(try await world.seen().grades.grades.all.isEmpty)
            #expect(try await world.count(.gradeReleased) == 0)
            try await publish(true)
            #expect(try await world.seen().grades.grades[item]?.score == Points(12))
            try await publish(true)
            #expect(try await world.count(.gradeReleased) == 1)
        }
    }

    @Test func `the same holds for a quiz, and what is muted stays hidden when it is published`() async throws {
        try await GradebookWorld.with { world in
            func put(isPublished: Bool) async throws {
                try await world.change { session in
                    var draft = GradeItemDraft(title: "Mechanics", maxPoints: Points(10))
                    draft.isPublished = isPublished
                    try await world.gradebook.putItem(for: world.quiz, in: world.course, draft, session: session)
                }
            }
            try await put(isPublished: false)
            try await world.record(Points(4))
            try await world.change { try await world.gradebook.show(world.item, .muted, session: $0) }
            try await put(isPublished: true)
            #expect(try await world.seen().grades.grades.all.isEmpty)
            try await put(isPublished: false)
            try await world.change { try await world.gradebook.show(world.item, .released, session: $0) }
            #expect(try await world.count(.gradeReleased) == 0)
            try await put(isPublished: true)
            #expect(try await world.seen().grades.grades[world.item]?.score == Points(4))
            #expect(try await world.count(.gradeReleased) == 1)
        }
    }

    @Test func `of many grades that are entered none is if one of them was changed meanwhile`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let users = [try #require(world.learner.user), try #require(try await world.another().user)]
            @Sendable func enter(_ versions: [Int?], expecting version: Int? = nil) async throws {
                try await world.change { session in
                    let entries = zip(users, versions).map {
                        GradeEntry(item: item, learner: $0, score: Points(7), version: $1)
                    }
                    _ = try await world.gradebook.enter(entries, for: item, expecting: version, session: session)
                }
            }
            try await world.enter(Points(3), in: item)
            await #expect(throws: GradebookError.versionMismatch(current: 1)) {
                try await enter([nil, nil], expecting: 0)
            }
            await #expect(throws: GradebookError.versionMismatch(current: 0)) { try await enter([1, 1]) }
            #expect(try await world.stored(item) == ["3.000000 graded 1"])
            try await enter([1, nil], expecting: 0)
            #expect(try await world.stored(item) == ["7.000000 graded 2"])
        }
    }

    @Test func `an override of the course's grade is not overwritten by who read another one, also once taken back`()
        async throws
    {
        try await GradebookWorld.with { world in
            let user = try #require(world.learner.user)
            @Sendable func override(_ percentage: Int?, expecting version: Int) async throws -> LearnerGrades {
                try await world.change { session in
                    try await world.gradebook.override(
                        percentage.map(GradePercentage.init(hundredths:)),
                        of: user,
                        in: world.course,
                        because: "Decided by the board",
                        expecting: version,
                        session: session
                    )
                }
            }
            #expect(try await override(5_000, expecting: 0).overrideVersion == 1)
            await #expect(throws: GradebookError.versionMismatch(current: 1)) {
                _ = try await override(6_000, expecting: 0)
            }
            let back = try await override(nil, expecting: 1)
            #expect(back.overrideVersion == 2 && back.sum.override == nil)
            await #expect(throws: GradebookError.versionMismatch(current: 2)) {
                _ = try await override(6_000, expecting: 0)
            }
            #expect(try await world.seen().grades.overrideVersion == nil)
        }
    }
}
