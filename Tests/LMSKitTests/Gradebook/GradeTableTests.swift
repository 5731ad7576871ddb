// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

extension GradebookWorld {
    func table() async throws -> String {
        let bytes = try await change { try await gradebook.giveOut(course, session: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    func preview(_ text: String, as principal: Principal? = nil) async throws -> GradeImportListing {
        try await change(as: principal) { try await gradebook.preview(text, for: course, session: $0) }
    }

    func apply(_ id: GradeImport.ID, as principal: Principal? = nil) async throws -> GradeImportListing {
        try await change(as: principal) { try await gradebook.apply(id, session: $0) }
    }
}

@Suite struct GradeTableTests {
    @Test func `a table that was given out brings in nothing new`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            try await world.record(Points("7.333333") ?? .zero, isLate: true)
            try await world.enter(nil, .missing, in: item)
            let found = try await world.preview(try await world.table())
            #expect(found.import.changeCount == 0)
            #expect(found.import.issues.isEmpty)
        }
    }

    @Test func `attack: a name that a spreadsheet would compute is given out as text`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual(#"=HYPERLINK("https://evil.example","x")"#)
            try await world.change(as: .test) { session in
                _ = try await session.execute("UPDATE users SET display_name = '=1+1' WHERE id = \(world.learner.user)")
            }
            let table = try await world.table()
            #expect(table.contains(",'=1+1,"))
            #expect(!table.contains(",=") && !table.contains("\n="))
            #expect(table.contains(#""'=HYPERLINK(""https://evil.example"",""x"") [\#(item)]""#))
            #expect(try await world.preview(table).import.issues.isEmpty)
        }
    }

    @Test func `an import changes exactly what it showed, once`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let other = try await world.another()
            let (first, second) = (try #require(world.learner.user), try #require(other.user))
            let shown = try await world.preview("userId,Oral [\(item)]\r\n\(first),12.5\r\n\(second),EX\r\n")
            #expect(shown.page.items.map(\.after) == [Points("12.5"), nil])
            #expect(shown.page.items.map(\.afterStatus) == [.graded, .excused])
            #expect(try await world.stored(item).isEmpty)
            #expect(try await world.apply(shown.import.id).import.appliedAt != nil)
            #expect(try await world.stored(item) == ["12.500000 graded 1"])
            try await world.enter(Points(3), in: item)
            #expect(try await world.apply(shown.import.id).import.appliedAt != nil)
            #expect(try await world.stored(item) == ["3.000000 graded 2"])
            #expect(try await world.count(.gradeChanged) == 3)
        }
    }

    @Test func `an import is refused whole if one of its grades was changed meanwhile, and says which`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let other = try await world.another()
            let (first, second) = (try #require(world.learner.user), try #require(other.user))
            let shown = try await world.preview("userId,Oral [\(item)]\n\(first),1\n\(second),2\n")
            try await world.enter(Points(9), in: item)
            await #expect(throws: GradebookError.importOutdated(1)) { _ = try await world.apply(shown.import.id) }
            #expect(try await world.stored(item) == ["9.000000 graded 1"])
            #expect(try await world.stored(item, of: other).isEmpty)
            let found = try await world.change { try await world.gradebook.fetch(shown.import.id, session: $0) }
            #expect(found.page.items.map(\.isOutdated) == [true, false])
        }
    }

    @Test func `an import that is applied by many at once is applied once`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let user = try #require(world.learner.user)
            let shown = try await world.preview("userId,Oral [\(item)]\n\(user),4\n")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try await world.apply(shown.import.id) } }
                try await group.waitForAll()
            }
            #expect(try await world.stored(item) == ["4.000000 graded 1"])
        }
    }

    @Test func `each mistake is told with its line and column, and nothing is applied`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let user = try #require(world.learner.user)
            let text = """
                userId,Oral [\(item)],Quiz [\(world.item)],Notes
                \(user),21,5,x
                \(user),1,,
                \(UUID()),1,,
                \(user),1
                """
            let shown = try await world.preview(text)
            let issues = shown.import.issues.map { "\($0.line) \($0.code.rawValue)" }
            #expect(
                issues == [
                    "1 unknownColumn", "2 tooHigh", "2 scoredElsewhere", "3 duplicate", "4 unknownLearner",
                    "5 wrongFieldCount",
                ]
            )
            await #expect(throws: GradebookError.importHasMistakes) { _ = try await world.apply(shown.import.id) }
            let wrong = try await world.preview("userId,Oral [\(item)]\n\(user),-1\n")
            #expect(wrong.import.issues.map(\.code) == [.malformed])
            await #expect(throws: GradebookError.unreadableTable(line: 1)) { _ = try await world.preview("name\nx") }
            await #expect(throws: GradebookError.unreadableTable(line: 2)) {
                _ = try await world.preview("userId\n\"x")
            }
        }
    }

    @Test func `attack: an import is seen and applied by nobody but whoever brought it in`() async throws {
        try await GradebookWorld.with { world in
            let item = try await world.manual()
            let user = try #require(world.learner.user)
            let shown = try await world.preview("userId,Oral [\(item)]\n\(user),20\n")
            for principal in [world.world.admin, world.world.stranger, world.learner, .anonymous] {
                await #expect(throws: GradebookError.importNotFound) {
                    _ = try await world.apply(shown.import.id, as: principal)
                }
                await #expect(throws: GradebookError.importNotFound) {
                    _ = try await world.change(as: principal) { session in
                        try await world.gradebook.fetch(shown.import.id, session: session)
                    }
                }
            }
            let teacher = try #require(world.world.teacher.user)
            try await world.change(as: world.world.admin) { session in
                let next = try #require(world.world.stranger.user)
                _ = try await world.lms.courses.setRole(.instructor, of: next, in: world.course, session: session)
                try await world.lms.courses.removeStaff(teacher, from: world.course, session: session)
            }
            await #expect(throws: GradebookError.importNotFound) { _ = try await world.apply(shown.import.id) }
            #expect(try await world.stored(item).isEmpty)
        }
    }
}
