// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct CourseLabelsTests {
    @Test func `a category is renamed, made one with another and taken away, and the versions say so`() async throws {
        try await CourseWorld.with { world in
            let swift = try await world.labelled("Swift", category: "Programing").id
            _ = try await world.labelled("Rust", category: "Programming")
            _ = try await world.labelled("Bread", category: "Cooking")
            let before = try await world.fetch(swift).version
            #expect(try await world.change("Programing", .categories, to: "Programming") == 1)
            #expect(try await world.fetch(swift).version == before + 1)
            let reader = world.tenant.reader(as: world.admin)
            let first = try await world.lms.courseLabels.list(.categories, limit: PageLimit(1), reader: reader)
            #expect(first.items == [CourseLabel(text: "Cooking", courses: 1)])
            let rest = try await world.lms.courseLabels.list(.categories, after: first.next, reader: reader)
            #expect(rest.items == [CourseLabel(text: "Programming", courses: 2)])
            #expect(try await world.change("Programming", .categories, to: nil) == 2)
            #expect(try await world.fetch(swift).category == nil)
            #expect(try await world.change("Programming", .categories, to: "Other") == 0)
            let events = try await world.tenant.transaction { session in
                try await session.execute("SELECT id FROM audit_events WHERE action = 'course.labels_changed'").count
            }
            #expect(events == 2)
        }
    }

    @Test func `a tag keeps its place, and a course that has both loses one`() async throws {
        try await CourseWorld.with { world in
            let one = try await world.labelled("One", tags: ["a", "srever", "b"]).id
            let both = try await world.labelled("Both", tags: ["server", "srever", "c"]).id
            #expect(try await world.change("srever", .tags, to: "server") == 2)
            #expect(try await world.fetch(one).tags == ["a", "server", "b"])
            #expect(try await world.fetch(both).tags == ["server", "c"])
            let reader = world.tenant.reader(as: world.admin)
            let tags = try await world.lms.courseLabels.list(.tags, reader: reader).items
            #expect(tags.first(where: { $0.text == "server" })?.courses == 2)
            #expect(try await world.change("server", .tags, to: nil) == 2)
            #expect(try await world.fetch(both).tags == ["c"])
        }
    }

    @Test func `attack: who teaches some courses does not change the labels of all, and no label is too long`()
        async throws
    {
        try await CourseWorld.with { world in
            _ = try await world.labelled("Swift", category: "Programming")
            for principal in [world.teacher, world.learner] {
                await #expect(throws: CourseLabelError.forbidden) {
                    _ = try await world.change("Programming", .categories, to: "Mine", as: principal)
                }
                await #expect(throws: CourseLabelError.forbidden) {
                    _ = try await world.lms.courseLabels.list(.tags, reader: world.tenant.reader(as: principal))
                }
            }
            await #expect(throws: CourseLabelError.unsound(limit: 50)) {
                _ = try await world.change("a", .tags, to: String(repeating: "x", count: 51))
            }
        }
    }
}

extension CourseWorld {
    fileprivate func labelled(_ title: String, category: String? = nil, tags: [String] = []) async throws -> Course {
        try await course(title) { changes in
            changes.category = .set(category)
            changes.tags = .set(tags)
        }.course
    }

    fileprivate func fetch(_ course: Course.ID) async throws -> Course {
        try await lms.courses.fetch(course, reader: tenant.reader())
    }

    fileprivate func change(
        _ old: String,
        _ kind: CourseLabel.Kind,
        to new: String?,
        as principal: Principal? = nil
    ) async throws -> Int {
        try await tenant.transaction(as: principal ?? admin) { session in
            try await lms.courseLabels.change(old, of: kind, to: new, session: session)
        }
    }
}
