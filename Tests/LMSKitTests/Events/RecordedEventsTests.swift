// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

/// What each change records, in its own transaction.
@Suite struct RecordedEventsTests {
    /// Compares what acts record with what they should, and each payload with the documents.
    private func check(_ world: CourseWorld, _ acts: [(types: [String], act: () async throws -> Void)]) async throws {
        let documented = try SeenEvent.documentedFields()
        for (types, act) in acts {
            let seen = try await world.recorded(act)
            #expect(seen.map(\.type) == types)
            for event in seen {
                let fields = try #require(documented[event.type])
                #expect(fields.isSuperset(of: event.payload.keys), "\(event)")
            }
        }
    }

    @Test func `changes of people are recorded`() async throws {
        try await CourseWorld.with { world in
            let (users, tenant) = (world.lms.users, world.tenant)
            let id = try #require(world.learner.user)
            func acting(
                _ act: @escaping @Sendable (borrowing TenantSession) async throws -> Void
            ) -> () async throws -> Void {
                { try await tenant.transaction(as: world.admin) { session in try await act(session) } }
            }
            try await check(
                world,
                [
                    (
                        ["user.created"],
                        { _ = try await world.platform.member("ada", .student, of: tenant) }
                    ),
                    (
                        ["user.created"],
                        { _ = try await world.platform.register("bob", at: tenant.tenant, tenants: tenant.tenants) }
                    ),
                    (
                        ["user.updated"],
                        acting { _ = try await users.update(id, ProfileChanges(displayName: .set("L")), session: $0) }
                    ),
                    (
                        ["user.role_assigned"],
                        acting { _ = try await users.assign(BuiltInRole.assistant.name, to: id, session: $0) }
                    ),
                    ([], acting { _ = try await users.assign(BuiltInRole.assistant.name, to: id, session: $0) }),
                    (
                        ["user.role_removed"],
                        acting { _ = try await users.remove(BuiltInRole.assistant.name, from: id, session: $0) }
                    ),
                    (["user.deactivated"], acting { _ = try await users.suspend(id, session: $0) }),
                    ([], acting { _ = try await users.suspend(id, session: $0) }),
                    (["user.reactivated"], acting { _ = try await users.reactivate(id, session: $0) }),
                    (["user.deactivated"], acting { try await users.deactivate(id, session: $0) }),
                    (["user.deleted"], acting { _ = try await users.erase(id, session: $0) }),
                ]
            )
            let last = try #require(try await SeenEvent.all(of: tenant).last)
            #expect(last.aggregate == id.uuid && last.actor == world.admin.user?.description)
            #expect(last.payload["hardDelete"] == .bool(true))
        }
    }

    @Test func `changes of courses are recorded, those of lessons where somebody reads them`() async throws {
        try await CourseWorld.with { world in
            let (lms, tenant) = (world.lms, world.tenant)
            func teaching<Value: Sendable>(
                _ act: (borrowing TenantSession) async throws -> Value
            ) async throws -> Value {
                try await tenant.transaction(as: world.teacher) { session in try await act(session) }
            }
            var draft: CourseOutline?
            try await check(
                world,
                [
                    (
                        ["course.created", "module.added", "module.added"],
                        { draft = try await world.course(modules: [2, 1], status: .draft) }
                    )
                ]
            )
            let outline = try #require(draft)
            let (course, lesson) = (outline.course.id, outline.lessons[0])
            let module = lesson.module
            var changes = CourseChanges()
            changes.title = .set("Chemistry")
            let retitled = changes
            try await check(
                world,
                [
                    (
                        ["course.updated"],
                        { _ = try await teaching { try await lms.courses.update(course, retitled, session: $0) } }
                    ),
                    (
                        ["course.published"],
                        {
                            _ = try await teaching {
                                try await lms.courses.setStatus(.published, of: course, session: $0)
                            }
                        }
                    ),
                    (
                        [],
                        {
                            _ = try await teaching {
                                try await lms.courses.setStatus(.published, of: course, session: $0)
                            }
                        }
                    ),
                    (
                        ["module.added"],
                        {
                            _ = try await teaching {
                                try await lms.modules.add(titled: "More", to: course, session: $0)
                            }
                        }
                    ),
                    (
                        ["lesson.published"],
                        {
                            _ = try await teaching {
                                try await lms.lessons.add(
                                    NewLesson(title: "New", kind: .reading),
                                    to: module,
                                    of: course,
                                    session: $0
                                )
                            }
                        }
                    ),
                    (
                        ["lesson.updated"],
                        {
                            _ = try await teaching {
                                try await lms.lessons.setContent(
                                    [.html("<p>New</p>")],
                                    of: lesson.id,
                                    of: course,
                                    session: $0
                                )
                            }
                        }
                    ),
                    (
                        ["lesson.deleted"],
                        { try await teaching { try await lms.lessons.delete(lesson.id, of: course, session: $0) } }
                    ),
                    (
                        ["module.deleted"],
                        { try await teaching { try await lms.modules.delete(module, of: course, session: $0) } }
                    ),
                    (
                        ["course.created", "module.added", "module.added"],
                        { _ = try await teaching { try await lms.courses.duplicate(course, session: $0) } }
                    ),
                    (
                        ["course.updated"],
                        {
                            _ = try await teaching {
                                try await lms.courses.setStatus(.archived, ofAll: [course], session: $0)
                            }
                        }
                    ),
                    (
                        ["course.deleted"],
                        {
                            try await tenant.transaction(as: world.admin) {
                                try await lms.courses.delete(course, session: $0)
                            }
                        }
                    ),
                ]
            )
        }
    }

    @Test func `places and progress are recorded, once for what is said twice`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2])
            let course = outline.course.id
            let enrolled = try await world.recorded { _ = try await world.enroll(world.learner, in: course) }
            #expect(enrolled.map(\.type) == ["enrollment.created"])
            #expect(enrolled.first?.payload["status"] == .string("active"))
            let enrollment = Identifier<Enrollment>(try #require(enrolled.first?.aggregate))
            func report(_ lesson: Int, _ outcome: LessonReport.Outcome) -> () async throws -> Void {
                {
                    let report = LessonReport(on: outline.lessons[lesson].id, outcome: outcome)
                    _ = try await world.record(report, on: enrollment)
                }
            }
            try await check(
                world,
                [
                    ([], report(0, .inProgress)),
                    (["progress.updated"], report(0, .completed)),
                    ([], report(0, .completed)),
                    (["progress.updated", "enrollment.completed"], report(1, .completed)),
                    ([], report(1, .completed)),
                ]
            )
            let other = try #require(try await world.learners(1).first)
            let place = try await world.enroll(other, in: course)
            func all() async throws {
                _ = try await world.lms.progress.complete(
                    outline.lessons.map(\.id),
                    on: place.id,
                    at: world.tenant.id,
                    as: other,
                    tenants: world.tenant.tenants
                )
            }
            try await check(world, [(["progress.updated", "enrollment.completed"], all), ([], all)])
            let completed = try #require(try await SeenEvent.all(of: world.tenant).last)
            #expect(completed.aggregate == place.id.uuid)
            #expect(completed.payload["userId"]?.text == other.user?.description)
        }
    }

    @Test func `whoever is done because less is asked is recorded too, as is who leaves`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2])
            let course = outline.course.id
            let learners = try await world.learners(3)
            var places: [Enrollment] = []
            for learner in learners { places.append(try await world.enroll(learner, in: course)) }
            for (learner, place) in zip(learners, places).prefix(2) {
                let report = LessonReport(on: outline.lessons[0].id, outcome: .completed)
                _ = try await world.record(report, on: place.id, as: learner)
            }
            var changes = CourseChanges()
            changes.completionThreshold = .set(50)
            let easier = changes
            let seen = try await world.recorded {
                try await world.tenant.transaction(as: world.teacher) { session in
                    _ = try await world.lms.courses.update(course, easier, session: session)
                }
            }
            #expect(seen.map(\.type) == ["course.updated", "enrollment.completed", "enrollment.completed"])
            #expect(Set(seen.dropFirst().map(\.aggregate)) == Set(places.prefix(2).map(\.id.uuid)))
            let left = try await world.recorded {
                try await world.tenant.transaction(as: learners[2]) { session in
                    _ = try await world.lms.enrollments.drop(places[2].id, session: session)
                    _ = try await world.lms.enrollments.drop(places[2].id, session: session)
                }
            }
            #expect(left.map(\.type) == ["enrollment.dropped"])
        }
    }

    @Test func `reviews are recorded`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [2])
            let place = try await world.enroll(world.learner, in: outline.course.id)
            _ = try await world.record(LessonReport(on: outline.lessons[0].id, outcome: .completed), on: place.id)
            let draft = ReviewDraft(rating: 4, title: "Good", body: "Clear and to the point.", pros: [], cons: [])
            let (reviews, tenant) = (world.lms.reviews, world.tenant)
            var written: Review?
            try await check(
                world,
                [
                    (
                        ["review.written"],
                        {
                            written = try await tenant.transaction(as: world.learner) {
                                try await reviews.write(draft, from: place.id, session: $0)
                            }
                        }
                    )
                ]
            )
            let id = try #require(written?.id)
            try await check(
                world,
                [
                    (
                        ["review.moderated"],
                        {
                            try await tenant.transaction(as: world.teacher) {
                                _ = try await reviews.moderate(id, as: .approved, session: $0)
                            }
                        }
                    ),
                    (
                        ["review.written"],
                        {
                            try await tenant.transaction(as: world.learner) {
                                _ = try await reviews.update(id, draft, session: $0)
                            }
                        }
                    ),
                    (
                        ["review.deleted"],
                        {
                            try await tenant.transaction(as: world.learner) {
                                try await reviews.delete(id, session: $0)
                            }
                        }
                    ),
                ]
            )
        }
    }
}
