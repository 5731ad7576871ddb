// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct ApprovalsTests {
    @Test func `a course goes back for a reason, is submitted again and published, and the history says so`()
        async throws
    {
        try await CourseWorld.with { world in
            let course = try await world.course("Physics", status: .draft).course.id
            let first = try await world.submit(course, note: "Please look.")
            #expect(first.status == .waiting && first.submittedBy == world.teacher.user)
            #expect(try await world.status(of: course) == .inReview)
            let refused = try await world.decide(.requestChanges(reason: "No sources."), on: course)
            #expect(refused.status == .changesRequested && refused.decidedBy == world.admin.user)
            #expect(try await world.status(of: course) == .draft)
            await #expect(throws: ApprovalError.notSubmitted) {
                _ = try await world.decide(.approve(remark: nil), on: course)
            }
            _ = try await world.submit(course)
            let waiting = try await world.lms.approvals.waiting(reader: world.tenant.reader(as: world.admin))
            #expect(waiting.items.map(\.course) == [course])
            _ = try await world.decide(.approve(remark: "Well done."), on: course)
            #expect(try await world.status(of: course) == .published)
            let history = try await world.lms.approvals.history(
                of: course,
                reader: world.tenant.reader(as: world.teacher)
            )
            #expect(history.items.map(\.status) == [.approved, .changesRequested])
            #expect(history.items.map(\.reason) == ["Well done.", "No sources."])
        }
    }

    @Test func `attack: where approval is required, no way publishes a course that nobody approved`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course("Physics", status: .draft).course.id
            try await world.require(true)
            let courses = world.lms.courses
            for principal in [world.teacher, world.admin] {
                await #expect(throws: CourseError.approvalNeeded) {
                    try await world.change(as: principal) { session in
                        _ = try await courses.setStatus(.published, of: course, session: session)
                    }
                }
                await #expect(throws: CourseError.approvalNeeded) {
                    try await world.change(as: principal) { session in
                        _ = try await courses.setStatus(.published, ofAll: [course], session: session)
                    }
                }
                await #expect(throws: CourseError.approvalNeeded) {
                    var changes = CourseChanges()
                    changes.status = .set(.published)
                    try await world.change(as: principal) { [changes] session in
                        _ = try await courses.update(course, changes, session: session)
                    }
                }
            }
            _ = try await world.submit(course)
            _ = try await world.decide(.approve(remark: nil), on: course)
            // What was approved once is not approved for ever.
            try await world.change(as: world.teacher) { session in
                _ = try await courses.setStatus(.draft, of: course, session: session)
            }
            await #expect(throws: CourseError.approvalNeeded) {
                try await world.change(as: world.teacher) { session in
                    _ = try await courses.setStatus(.published, of: course, session: session)
                }
            }
            try await world.require(false)
            try await world.change(as: world.teacher) { session in
                _ = try await courses.setStatus(.published, of: course, session: session)
            }
        }
    }

    @Test func `attack: who teaches, helps in or submitted a course does not decide on it`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course("Physics", status: .draft).course.id
            _ = try await world.submit(course, as: world.admin)
            await #expect(throws: ApprovalError.ownWork) {
                _ = try await world.decide(.approve(remark: nil), on: course)
            }
            await #expect(throws: ApprovalError.courseNotFound) {
                _ = try await world.decide(.approve(remark: nil), on: course, as: world.stranger)
            }
            await #expect(throws: ApprovalError.forbidden) {
                _ = try await world.decide(.approve(remark: nil), on: course, as: world.teacher)
            }
            let second = try await world.platform.member("second", .admin, of: world.tenant)
            let user = try #require(second.user)
            for role in [CourseRole.instructor, .assistant] {
                try await world.change(as: world.admin) { session in
                    _ = try await world.lms.courses.setRole(role, of: user, in: course, session: session)
                }
                await #expect(throws: ApprovalError.ownWork) {
                    _ = try await world.decide(.approve(remark: nil), on: course, as: second)
                }
            }
            for reader in [world.learner, world.stranger] {
                await #expect(throws: ApprovalError.courseNotFound) {
                    _ = try await world.lms.approvals.history(of: course, reader: world.tenant.reader(as: reader))
                }
                await #expect(throws: ApprovalError.forbidden) {
                    _ = try await world.lms.approvals.waiting(reader: world.tenant.reader(as: reader))
                }
            }
            await #expect(throws: ApprovalError.forbidden) {
                try await world.change(as: world.admin) { session in
                    _ = try await world.lms.approvals.setRule(isRequired: false, session: session)
                }
            }
        }
    }

    @Test func `several courses get a status each for itself, and each is answered for`() async throws {
        try await CourseWorld.with { world in
            let draft = try await world.course("Draft", status: .draft).course.id
            let shown = try await world.course("Shown").course.id
            let secret = try await world.tenant.transaction(as: world.stranger) { session in
                try await world.lms.courses.create(NewCourse(title: "Secret"), session: session).id
            }
            let never: Course.ID = IdentifierSource().next()
            let all = [never, draft, secret, shown, draft]
            func publish(as principal: Principal) async throws -> [BulkStatusResult.Outcome] {
                try await world.change(as: principal) { session in
                    try await world.lms.courses.setStatus(.published, ofEach: all, session: session).map(\.outcome)
                }
            }
            #expect(try await publish(as: world.learner) == [.notFound, .notFound, .notFound, .forbidden])
            try await world.require(true)
            #expect(try await publish(as: world.teacher) == [.notFound, .approvalNeeded, .notFound, .unchanged])
            try await world.require(false)
            #expect(try await publish(as: world.teacher) == [.notFound, .changed, .notFound, .unchanged])
            #expect(try await world.status(of: draft) == .published)
            #expect(try await world.status(of: secret) == .draft)
        }
    }

    @Test func `what changed after it was submitted is submitted again before anybody approves it`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course("Physics", status: .draft).course.id
            _ = try await world.submit(course)
            await #expect(throws: ApprovalError.alreadySubmitted) { _ = try await world.submit(course) }
            var changes = CourseChanges()
            changes.title = .set("Physics, the other one")
            let changed = try await world.change(as: world.teacher) { [changes] session in
                try await world.lms.courses.update(course, changes, session: session)
            }
            await #expect(throws: ApprovalError.outdated(current: changed.version)) {
                _ = try await world.decide(.approve(remark: nil), on: course)
            }
            let again = try await world.submit(course)
            #expect(again.courseVersion == changed.version)
            let decided = try await world.decide(.approve(remark: nil), on: course)
            #expect(decided.id == again.id)
            await #expect(throws: ApprovalError.notSubmittable(.published)) { _ = try await world.submit(course) }
            let history = try await world.lms.approvals.history(
                of: course,
                reader: world.tenant.reader(as: world.teacher)
            )
            #expect(history.items.map(\.status) == [.approved, .replaced])
        }
    }
}

extension CourseWorld {
    @discardableResult
    fileprivate func change<Result: Sendable>(
        as principal: Principal,
        _ body: (borrowing TenantSession) async throws -> Result
    ) async throws -> Result {
        try await tenant.transaction(as: principal, body)
    }

    fileprivate func submit(
        _ course: Course.ID,
        note: String? = nil,
        as principal: Principal? = nil
    ) async throws -> CourseSubmission {
        try await change(as: principal ?? teacher) { session in
            try await lms.approvals.submit(course, note: note, session: session)
        }
    }

    fileprivate func decide(
        _ decision: CourseSubmission.Decision,
        on course: Course.ID,
        as principal: Principal? = nil
    ) async throws -> CourseSubmission {
        try await change(as: principal ?? admin) { session in
            try await lms.approvals.decide(decision, on: course, session: session)
        }
    }

    fileprivate func require(_ isRequired: Bool) async throws {
        let owner = try await platform.member("owner-\(isRequired)", .owner, of: tenant)
        try await change(as: owner) { session in
            _ = try await lms.approvals.setRule(isRequired: isRequired, session: session)
        }
    }

    fileprivate func status(of course: Course.ID) async throws -> Course.Status {
        try await lms.courses.fetch(course, reader: tenant.reader()).status
    }
}
