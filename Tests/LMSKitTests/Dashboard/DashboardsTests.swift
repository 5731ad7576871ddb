// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import LMSTestSupport
import Testing

@Suite struct DashboardsTests {
    private static let day: TimeInterval = 86_400

    @Test func `a course goes on after the lesson one was in last, and never in what is not there`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [3, 1])
            let (course, lessons) = (outline.course.id, outline.lessons)
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.modules.update(
                    outline.modules[1].module.id,
                    of: course,
                    release: .set(.afterDays(3)),
                    session: session
                )
            }
            let place = try await world.enroll(world.learner, in: course)
            func next() async throws -> String? {
                try await world.dashboard().courses.first?.nextLesson?.title
            }
            #expect(try await next() == "Lesson 1.1")
            _ = try await world.record(LessonReport(on: lessons[1].id), on: place.id)
            #expect(try await next() == "Lesson 1.2")
            _ = try await world.record(LessonReport(on: lessons[1].id, outcome: .completed), on: place.id)
            #expect(try await next() == "Lesson 1.3")
            _ = try await world.record(LessonReport(on: lessons[2].id, outcome: .completed), on: place.id)
            #expect(try await next() == "Lesson 1.1")
            _ = try await world.record(LessonReport(on: lessons[0].id, outcome: .completed), on: place.id)
            #expect(try await next() == nil)
            world.platform.clock.advance(by: 3 * Self.day)
            #expect(try await next() == "Lesson 2.1")
            let shown = try await world.dashboard()
            #expect(shown.courses.map(\.enrollment.percentage.hundredths) == [7_500])
            #expect(shown.summary.active == 1 && shown.summary.averageProgressInHundredths == 7_500)
            #expect(shown.activity.map(\.completedLessons) == [3])

            _ = try await world.record(LessonReport(on: lessons[3].id, outcome: .completed), on: place.id)
            let done = try await world.dashboard()
            #expect(done.courses.isEmpty && done.completed.map(\.enrollment.course) == [course])
            try await world.tenant.transaction(as: world.teacher) { session in
                _ = try await world.lms.courses.setStatus(.draft, of: course, session: session)
            }
            let hidden = try await world.dashboard()
            #expect(hidden.courses.isEmpty && hidden.completed.isEmpty && hidden.summary.completed == 0)
        }
    }

    @Test func `what is due comes soonest first, with what is late and still taken before it`() async throws {
        try await CourseWorld.with { world in
            let course = try await world.course().course.id
            _ = try await world.enroll(world.learner, in: course)
            let now = world.now
            func set(_ title: String, after days: Double, isLateTaken: Bool = true) async throws -> Assignment.ID {
                try await world.setWork(title, in: course) { settings in
                    settings.dueAt = now.addingTimeInterval(days * Self.day)
                    settings.acceptsLate = isLateTaken
                }
            }
            let done = try await set("Done", after: 9)
            _ = try await set("Late", after: 1)
            _ = try await set("Missed", after: 1, isLateTaken: false)
            _ = try await set("Soon", after: 3)
            _ = try await world.setWork("Whenever", in: course) { _ in }
            try await world.handIn(done)
            world.platform.clock.advance(by: 2 * Self.day)
            let due = try await world.dashboard().due
            #expect(due.map(\.title) == ["Late", "Soon", "Done"])
            #expect(due.map(\.isSubmitted) == [false, false, true])
            world.platform.clock.advance(by: 40 * Self.day)
            #expect(try await world.dashboard().due.isEmpty)
        }
    }

    @Test func `attack: when blind work came is not told by who is listed, and what waits has no name`() async throws {
        for isBlind in [true, false] {
            try await CourseWorld.with { world in
                let course = try await world.course(modules: [2]).course.id
                _ = try await world.enroll(world.learner, in: course)
                let work = try await world.setWork("Essay", in: course) { settings in
                    settings.isBlind = isBlind
                    settings.release = isBlind ? .held : .atOnce
                }
                world.platform.clock.advance(by: 5 * Self.day)
                try await world.handIn(work)
                let handedIn = world.now
                world.platform.clock.advance(by: 5 * Self.day)
                let report = try await world.overview(of: course)
                let shown = try #require(report.courses.first)
                #expect(shown.submissions == GradingQueue.one(since: handedIn))
                #expect(shown.lately.submissions == 1)
                #expect(report.atRisk.map(\.inactiveDays) == (isBlind ? [10] : []))
                #expect(report.atRisk.map(\.reasons) == (isBlind ? [[.inactiveAndBehind]] : []))
            }
        }
    }

    @Test func `learners are at risk for their grade, and for being away and behind the others`() async throws {
        try await CourseWorld.with { world in
            let outline = try await world.course(modules: [4])
            let course = outline.course.id
            let behind = try await world.enroll(world.learner, in: course)
            let failing = try await world.learners(1)[0]
            let fine = try await world.enroll(failing, in: course)
            let item = try await world.tenant.transaction(as: world.teacher) { session in
                var setup = GradebookSetup()
                setup.completion.minimumGrade = GradePercentage(hundredths: 6_000)
                _ = try await world.lms.gradebook.arrange(setup, of: course, session: session)
                let draft = GradeItemDraft(title: "Oral", maxPoints: Points(20))
                return try await world.lms.gradebook.add(draft, to: course, session: session).id
            }
            for lesson in outline.lessons.prefix(2) {
                _ = try await world.record(LessonReport(on: lesson.id, outcome: .completed), on: fine.id, as: failing)
            }
            #expect(try await world.overview(of: course).atRisk.isEmpty)
            try await world.give(Points(7), in: item, to: failing)
            let graded = try await world.overview(of: course)
            #expect(graded.atRisk.map(\.enrollment) == [fine.id])
            #expect(graded.atRisk.first?.reasons == [.belowPassingGrade])
            #expect(graded.atRisk.first?.grade == GradePercentage(hundredths: 3_500))
            #expect(graded.courses.first?.averageGrade == GradePercentage(hundredths: 3_500))
            try await world.give(Points(12), in: item, to: failing)
            #expect(try await world.overview(of: course).atRisk.isEmpty)

            world.platform.clock.advance(by: 8 * Self.day)
            let away = try await world.overview(of: course)
            #expect(away.atRisk.map(\.enrollment) == [behind.id])
            #expect(away.atRisk.first?.reasons == [.inactiveAndBehind])
            #expect(away.atRisk.first?.inactiveDays == 8)
            #expect(away.atRiskCount == 1)
            #expect(try await world.overview(of: course, inactiveAfterDays: 9).atRisk.isEmpty)
        }
    }

    @Test func `those who teach see their courses, what they may grade, and no others'`() async throws {
        try await CourseWorld.with { world in
            let shown = try await world.course("Course A").course.id
            let draft = try await world.course("Course B", status: .draft).course.id
            let looker = try #require(world.stranger.user)
            let reports = world.lms.dashboards
            try await world.tenant.transaction { session in
                _ = try await world.lms.courses.setRole(.observer, of: looker, in: shown, session: session)
            }
            let mine = try await reports.teaching(reader: world.tenant.reader(as: world.teacher))
            #expect(mine.courses.map(\.course) == [draft, shown])
            #expect(mine.courses.map(\.role) == [.instructor, .instructor])
            #expect(mine.submissions?.count == 0 && mine.quizAttempts?.count == 0)
            let theirs = try await reports.teaching(reader: world.tenant.reader(as: world.stranger))
            #expect(theirs.courses.map(\.course) == [shown])
            #expect(theirs.submissions == nil && theirs.quizAttempts == nil)
            #expect(try await reports.teaching(reader: world.tenant.reader(as: world.learner)).courses.isEmpty)
            let others: [(Principal, Course.ID, DashboardError)] = [
                (world.stranger, draft, .courseNotFound), (world.learner, shown, .forbidden),
                (world.learner, draft, .courseNotFound), (world.teacher, IdentifierSource().next(), .courseNotFound),
            ]
            for (principal, course, error) in others {
                await #expect(throws: error) {
                    _ = try await reports.overview(of: course, reader: world.tenant.reader(as: principal))
                }
            }
            let all = try await reports.overview(of: draft, reader: world.tenant.reader(as: world.admin))
            #expect(all.courses.first?.role == nil && all.courses.first?.submissions != nil)
            await #expect(throws: DashboardError.forbidden) {
                _ = try await reports.learner(reader: world.tenant.reader(as: .anonymous))
            }
        }
    }

    @Test func `each is one round trip`() async throws {
        try await CourseWorld.with { world in
            let tenant = world.tenant
            let course = try await world.course().course.id
            let feed = try await tenant.transaction(as: world.learner) { session in
                try await world.lms.calendars.makeFeed(at: tenant.tenant, session: session)
            }
            let file = try #require(feed.url.reveal().split(separator: "/").last)
            let counting = CountingDatabase(tenant.installation.cell)
            let tenants = Tenants(
                cells: [.main: counting],
                placement: { _ throws(DatabaseError) in
                    tenant.tenant.placement
                }
            )
            let (learner, teacher) = (
                tenants.reader(for: tenant.id, as: world.learner), tenants.reader(for: tenant.id, as: world.teacher)
            )
            _ = try await world.lms.dashboards.learner(reader: learner)
            #expect(counting.roundTrips == 1)
            _ = try await world.lms.dashboards.teaching(reader: teacher)
            #expect(counting.roundTrips == 2)
            _ = try await world.lms.dashboards.overview(of: course, reader: teacher)
            #expect(counting.roundTrips == 3)
            _ = try await world.lms.calendars.events(reader: learner)
            #expect(counting.roundTrips == 4)
            _ = try await world.lms.calendars.feed(
                Secret(String(file.dropLast(4))),
                at: tenant.tenant,
                reader: tenants.reader(for: tenant.id, as: .anonymous)
            )
            #expect(counting.roundTrips == 5)
        }
    }
}

extension GradingQueue {
    /// One that was handed in at a moment.
    fileprivate static func one(since instant: Date) -> GradingQueue { GradingQueue(count: 1, oldest: instant) }
}

extension CourseWorld {
    fileprivate var now: Date { platform.clock.wall.now() }

    fileprivate func dashboard() async throws -> LearnerDashboard {
        try await lms.dashboards.learner(reader: tenant.reader(as: learner))
    }

    fileprivate func overview(of course: Course.ID, inactiveAfterDays days: Int = 7) async throws -> TeachingReport {
        try await lms.dashboards.overview(of: course, inactiveAfterDays: days, reader: tenant.reader(as: teacher))
    }

    fileprivate func setWork(
        _ title: String,
        in course: Course.ID,
        _ change: (inout AssignmentSettings) -> Void
    ) async throws -> Assignment.ID {
        var settings = AssignmentSettings(title: title)
        change(&settings)
        return try await tenant.transaction(as: teacher) { [settings] session in
            let made = try await lms.assignments.create(settings, in: course, session: session)
            return try await lms.assignments.setStatus(.published, of: made.id, session: session).id
        }
    }

    fileprivate func handIn(_ work: Assignment.ID) async throws {
        try await tenant.transaction(as: learner) { session in
            let draft = try await lms.assignments.save("Because.", sequence: 1, for: work, session: session)
            _ = try await lms.assignments.submit(draft.submission.id, session: session)
        }
    }

    fileprivate func give(_ points: Points, in item: GradeItem.ID, to learner: Principal) async throws {
        let user = try #require(learner.user)
        try await tenant.transaction(as: teacher) { session in
            let entry = GradeEntry(item: item, learner: user, score: points)
            _ = try await lms.gradebook.enter([entry], for: item, session: session)
        }
    }
}
