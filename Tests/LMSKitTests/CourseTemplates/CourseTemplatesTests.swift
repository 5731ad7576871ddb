// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct CourseTemplatesTests {
    @Test func `a template is in no list of courses and to learners what never was`() async throws {
        try await CourseWorld.with { world in
            let draft = try await world.course(modules: [2], status: .draft)
            let id = draft.course.id
            #expect(try await world.mark(id).isTemplate)
            for principal in [world.teacher, world.admin, world.learner, .anonymous] {
                let reader = world.tenant.reader(as: principal)
                for scope in [CourseQuery.Scope.catalog, .visible, .mine] {
                    var query = CourseQuery()
                    query.scope = scope
                    let listing = try await world.lms.courses.list(query, reader: reader)
                    #expect(listing.page.items.isEmpty && listing.total == 0)
                }
            }
            let reader = world.tenant.reader(as: world.learner)
            for id in [id, IdentifierSource().next(Course.self)] {
                await #expect(throws: CourseError.notFound) {
                    _ = try await world.lms.courses.fetch(id, reader: reader)
                }
                await #expect(throws: EnrollmentError.courseNotFound) {
                    _ = try await world.enroll(world.learner, in: id)
                }
            }
            await #expect(throws: CourseError.forbidden) {
                _ = try await world.lms.courseTemplates.list(reader: reader)
            }
            await #expect(throws: EnrollmentError.notPublished(id)) {
                try await world.tenant.transaction(as: world.admin) { session in
                    let user = try #require(world.learner.user)
                    _ = try await world.lms.enrollments.enroll(user, in: id, session: session)
                }
            }
            let listed = try await world.lms.courseTemplates.list(reader: world.tenant.reader(as: world.stranger))
            #expect(listed.items.map(\.course.id) == [id])
            let none = try await world.lms.courseTemplates.list(
                search: "chemistry",
                reader: world.tenant.reader(as: world.stranger)
            )
            #expect(none.items.isEmpty)
        }
    }

    @Test func `a template gets no other status and no version, and what was published is none`() async throws {
        try await CourseWorld.with { world in
            let id = try await world.course(modules: [1], status: .draft).course.id
            _ = try await world.mark(id)
            for status in [Course.Status.published, .inReview, .archived] {
                await #expect(throws: CourseError.templateState) {
                    try await world.tenant.transaction(as: world.admin) { session in
                        _ = try await world.lms.courses.setStatus(status, of: id, session: session)
                    }
                }
            }
            await #expect(throws: CourseError.templateState) {
                try await world.tenant.transaction(as: world.teacher) { session in
                    _ = try await world.lms.courseVersions.create(after: id, session: session)
                }
            }
            let offered = try await world.course("Optics", modules: [1]).course.id
            await #expect(throws: CourseError.templateState) { _ = try await world.mark(offered) }
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.courseTemplates.unmark(id, session: session)
                _ = try await world.lms.courses.setStatus(.published, of: id, session: session)
            }
        }
    }

    @Test func `a course that begins with a template is its author's and has what the template has`() async throws {
        try await CourseWorld.with { world in
            let template = try await world.course(modules: [2, 1], status: .draft)
            let id = CourseTemplate.ID(template.course.id.uuid)
            let templates = world.lms.courseTemplates
            // A draft that is no template is nobody's to begin with.
            for id in [id, IdentifierSource().next(CourseTemplate.self)] {
                await #expect(throws: CourseError.notFound) {
                    try await world.tenant.transaction(as: world.stranger) { session in
                        _ = try await templates.instantiate(id, title: "Mine", session: session)
                    }
                }
            }
            _ = try await world.mark(template.course.id)
            await #expect(throws: CourseError.forbidden) {
                try await world.tenant.transaction(as: world.learner) { session in
                    _ = try await templates.instantiate(id, title: "Mine", session: session)
                }
            }
            let course = try await world.tenant.transaction(as: world.stranger) { session in
                try await templates.instantiate(id, title: "Waves", session: session)
            }
            #expect(course.title == "Waves" && course.slug.description == "waves" && course.status == .draft)
            #expect(course.instructors == [world.stranger.user] && !course.isTemplate && course.series == nil)
            let outline = try await world.lms.courses.outline(
                of: .id(course.id),
                reader: world.tenant.reader(as: world.stranger)
            )
            #expect(outline.lessons.map(\.title) == template.lessons.map(\.title))
        }
    }

    @Test func `whoever may not change a course makes no template of it`() async throws {
        try await CourseWorld.with { world in
            let id = try await world.course(modules: [1], status: .draft).course.id
            for principal in [world.stranger, world.learner] {
                await #expect(throws: CourseError.notFound) { _ = try await world.mark(id, as: principal) }
            }
        }
    }
}

extension CourseWorld {
    fileprivate func mark(_ course: Course.ID, as principal: Principal? = nil) async throws -> Course {
        try await tenant.transaction(as: principal ?? teacher) { session in
            try await lms.courseTemplates.mark(course, session: session)
        }
    }
}
