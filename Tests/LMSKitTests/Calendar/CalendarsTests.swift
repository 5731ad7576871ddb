// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct CalendarsTests {
    private static let day: TimeInterval = 86_400

    @Test func `a calendar has what is there for its learner, at their own dates`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1, 1])
            let course = outline.course.id
            let now = world.now
            try await world.teach { session in
                _ = try await world.lms.modules.update(
                    outline.modules[1].module.id,
                    of: course,
                    release: .set(.afterDays(3)),
                    session: session
                )
            }
            _ = try await world.enroll(world.learner, in: course)
            let essay = try await world.setWork("Essay", in: course) { settings in
                settings.dueAt = now.addingTimeInterval(5 * Self.day)
                settings.closesAt = now.addingTimeInterval(6 * Self.day)
            }
            _ = try await world.setWork("Later", in: course) { settings in
                settings.dueAt = now.addingTimeInterval(5 * Self.day)
                settings.lesson = outline.lessons[1].id
            }
            _ = try await world.setWork("Draft", in: course, isPublished: false) { settings in
                settings.dueAt = now.addingTimeInterval(5 * Self.day)
            }
            let first = try await world.calendar(of: world.learner)
            #expect(first.map(\.kind) == [.moduleAvailable, .assignmentDue, .assignmentCloses])
            #expect(first.map(\.title) == ["Module 2", "Essay", "Essay"])
            #expect(first.map(\.at) == [3, 5, 6].map { now.addingTimeInterval($0 * Self.day) })
            #expect(try await world.calendar(of: world.stranger).isEmpty)

            let learner = try #require(world.learner.user)
            try await world.teach { session in
                var granted = NewAssignmentExtension(because: "Ill.")
                granted.dueAt = now.addingTimeInterval(10 * Self.day)
                _ = try await world.lms.assignments.extend(granted, for: learner, in: essay, session: session)
            }
            let extended = try await world.calendar(of: world.learner)
            #expect(extended.map(\.kind) == [.moduleAvailable, .assignmentDue])
            #expect(extended.last?.at == now.addingTimeInterval(10 * Self.day))

            world.platform.clock.advance(by: 4 * Self.day)
            #expect(try await world.calendar(of: world.learner).map(\.title) == ["Later", "Essay"])
            try await world.teach { session in
                _ = try await world.lms.courses.setStatus(.draft, of: course, session: session)
            }
            #expect(try await world.calendar(of: world.learner).isEmpty)
        }
    }

    @Test func `a cohort's dates are in the calendar of who is in it`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            let start = world.now.addingTimeInterval(Self.day)
            let draft = CohortDraft(name: "Spring", startsAt: start, endsAt: start.addingTimeInterval(Self.day))
            let learner = try #require(world.learner.user)
            _ = try await world.enroll(world.learner, in: course)
            _ = try await world.enroll(world.stranger, in: course)
            try await world.teach { session in
                let cohort = try await world.lms.cohorts.add(draft, to: course, session: session)
                try await world.lms.cohorts.place(learner, in: cohort.id, of: course, session: session)
            }
            let events = try await world.calendar(of: world.learner)
            #expect(events.map(\.kind) == [.courseStarts, .courseEnds])
            #expect(events.map(\.title) == ["Spring", "Spring"])
            #expect(try await world.calendar(of: world.stranger).isEmpty)
        }
    }

    @Test func `a module that comes later because its cohort starts later is told to have changed`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [1])
            let course = outline.course.id
            let learner = try #require(world.learner.user)
            let draft = CohortDraft(name: "Spring", startsAt: world.now.addingTimeInterval(Self.day))
            let later = CohortDraft(name: "Spring", startsAt: world.now.addingTimeInterval(2 * Self.day))
            _ = try await world.enroll(world.learner, in: course)
            let cohort = try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.modules.update(
                    outline.modules[0].module.id,
                    of: course,
                    release: .set(.afterDays(3)),
                    session: session
                )
                let cohort = try await world.lms.cohorts.add(draft, to: course, session: session)
                try await world.lms.cohorts.place(learner, in: cohort.id, of: course, session: session)
                return cohort.id
            }
            func module() async throws -> CalendarEvent {
                try #require(try await world.calendar(of: world.learner).first { $0.kind == .moduleAvailable })
            }
            let before = try await module()
            world.platform.clock.advance(by: 3_600)
            try await world.teach { session in
                _ = try await world.lms.cohorts.update(cohort, of: course, later, session: session)
            }
            let after = try await module()
            #expect(after.at == before.at.addingTimeInterval(Self.day))
            #expect(before.changedAt < after.changedAt && after.changedAt == world.now)
        }
    }

    @Test func `a span ends after it begins, within 366 days, and is nobody's without a user`() async throws {
        try await CourseWorld.with { world in
            let now = world.now
            let reader = world.tenant.reader(as: world.learner)
            for seconds in [0, -1, 367 * Self.day] {
                await #expect(throws: CalendarError.invalidSpan(limitInDays: 366)) {
                    _ = try await world.lms.calendars.events(
                        from: now,
                        to: now.addingTimeInterval(seconds),
                        reader: reader
                    )
                }
            }
            let year = try await world.lms.calendars.events(
                from: now,
                to: now.addingTimeInterval(366 * Self.day),
                reader: reader
            )
            #expect(year.events.isEmpty && !year.isCut)
            await #expect(throws: CalendarError.forbidden) {
                _ = try await world.lms.calendars.events(reader: world.tenant.reader(as: .anonymous))
            }
        }
    }

    @Test func `a feed is read by its token, is the same until something changes, and ends with its user`() async throws
    {
        try await CourseWorld.with { world in
            let course = try await world.course("Physics, part 2").course.id
            _ = try await world.enroll(world.learner, in: course)
            let due = world.now.addingTimeInterval(Self.day)
            let sheet = try await world.setWork("Sheet; three", in: course) { $0.dueAt = due }
            let home = AccountLinks.ownDomain(world.tenant.tenant)
            let first = try await world.makeFeed()
            let text = try await world.feed(first).replacing("\r\n ", with: "")
            #expect(text.contains("UID:assignment_due-\(sheet)@\(home.dropFirst("https://".count))\r\n"))
            #expect(text.contains("SUMMARY:Due: Sheet\\; three\r\nDESCRIPTION:Physics\\, part 2\r\n"))
            #expect(text.contains("URL:\(home)/courses/\(course)\r\n"))
            world.platform.clock.advance(by: 3_600)
            #expect(try await world.feed(first).replacing("\r\n ", with: "") == text)

            let second = try await world.makeFeed()
            await #expect(throws: CalendarError.feedNotFound) { _ = try await world.feed(first) }
            _ = try await world.feed(second)
            let stored: [Bytes] = try await world.tenant.transaction { session in
                try await session.execute("SELECT token_hash FROM calendar_feeds").map { try $0[0] }
            }
            let bytes = try #require(Base64URL.decode(second.reveal()))
            #expect(stored == [Bytes(world.platform.cryptography.sha256(bytes))])

            let learner = try #require(world.learner.user)
            try await world.tenant.transaction { session in
                _ = try await world.lms.users.suspend(learner, session: session)
            }
            await #expect(throws: CalendarError.feedNotFound) { _ = try await world.feed(second) }
            try await world.tenant.transaction { session in
                _ = try await world.lms.users.reactivate(learner, session: session)
            }
            _ = try await world.feed(second)
            for _ in 0..<2 {
                try await world.tenant.transaction(as: world.learner) { session in
                    try await world.lms.calendars.removeFeed(session: session)
                }
            }
            for token in [second, Secret(""), Secret("x"), Secret(String(repeating: "A", count: 43))] {
                await #expect(throws: CalendarError.feedNotFound) { _ = try await world.feed(token) }
            }
        }
    }
}

extension CourseWorld {
    fileprivate var now: Date { platform.clock.wall.now() }

    fileprivate func teach(_ body: @Sendable (borrowing TenantSession) async throws -> Void) async throws {
        try await tenant.transaction(as: teacher) { try await body($0) }
    }

    fileprivate func setWork(
        _ title: String,
        in course: Course.ID,
        isPublished: Bool = true,
        _ change: (inout AssignmentSettings) -> Void
    ) async throws -> Assignment.ID {
        var settings = AssignmentSettings(title: title)
        change(&settings)
        return try await tenant.transaction(as: teacher) { [settings] session in
            let made = try await lms.assignments.create(settings, in: course, session: session)
            if isPublished { _ = try await lms.assignments.setStatus(.published, of: made.id, session: session) }
            return made.id
        }
    }

    fileprivate func calendar(of principal: Principal) async throws -> [CalendarEvent] {
        try await lms.calendars.events(reader: tenant.reader(as: principal)).events
    }

    /// Makes an address of the learner's.
    ///
    /// - Returns: The token in it.
    fileprivate func makeFeed() async throws -> Secret<String> {
        let feed = try await tenant.transaction(as: learner) { session in
            try await lms.calendars.makeFeed(at: tenant.tenant, session: session)
        }
        let file = try #require(feed.url.reveal().split(separator: "/").last)
        #expect(file.hasSuffix(".ics"))
        return Secret(String(file.dropLast(4)))
    }

    fileprivate func feed(_ token: Secret<String>) async throws -> String {
        let reader = tenant.reader(as: .anonymous)
        return String(decoding: try await lms.calendars.feed(token, at: tenant.tenant, reader: reader), as: UTF8.self)
    }
}
