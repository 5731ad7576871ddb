// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTestSupport
import Testing

@testable import LMSTenancy

extension GradebookWorld {
    /// Hands all that happened to what completes courses.
    func decide() async throws { try await handOn(to: lms.completions.consumer, as: "completions") }

    /// Hands all that happened to somebody who reacts, twice, as it may come twice.
    func handOn(to consumer: EventConsumer, as name: String) async throws {
        guard case .inTransaction(let react) = consumer.way else { throw TestFailure("it reacts outside") }
        let known = Set((consumer.types ?? []).map(\.name))
        let rows = Array(try await world.tenant.events())
        for row in rows + rows {
            let (type, payload): (String, JSONText) = (try row["type"], try row["payload"])
            guard known.contains(type) else { continue }
            let event = RecordedEvent(
                id: Event.ID(UUID()),
                position: 1,
                tenant: world.tenant.id,
                type: type,
                topic: "assignments",
                version: 1,
                aggregate: try row["aggregate"],
                actor: nil,
                traceID: nil,
                payload: try JSONValue.parse(payload.bytes),
                occurredAt: world.platform.clock.wall.now(),
                isReplay: false
            )
            try await world.tenant.transaction(as: Principal(.system(name), grants: Grants())) { session in
                try await react(event, session)
            }
        }
    }

    func rule(_ rule: CompletionRule) async throws {
        try await change { session in
            _ = try await gradebook.arrange(GradebookSetup(completion: rule), of: course, session: session)
        }
    }

    /// Completes lessons of the course.
    func learn(_ count: Int) async throws {
        for lesson in lessons.prefix(count) {
            _ = try await world.record(LessonReport(on: lesson.id, outcome: .completed), on: place.id)
        }
    }

    /// Whether the learner completed the course, after everything was handed on.
    func isCompleted() async throws -> Bool {
        try await decide()
        return try await world.lms.enrollments.fetch(place.id, reader: world.tenant.reader(as: learner))
            .enrollment.status == .completed
    }
}

@Suite struct CompletionTests {
    @Test func `without a rule the lessons alone complete a course, at once`() async throws {
        try await GradebookWorld.with { world in
            _ = try await world.world.record(
                LessonReport(on: world.lessons[0].id, outcome: .completed),
                on: world.place.id
            )
            let last = LessonReport(on: world.lessons[1].id, outcome: .completed)
            #expect(try await world.world.record(last, on: world.place.id).completedCourse)
            try await world.decide()
            #expect(try await world.count(.enrollmentCompleted) == 1)
        }
    }

    @Test func `a grade that is needed completes the course when both are there, whichever comes last`() async throws {
        for isGradeLast in [true, false] {
            try await GradebookWorld.with { world in
                try await world.rule(CompletionRule(minimumGrade: GradePercentage(hundredths: 6_000)))
                if isGradeLast { try await world.learn(2) } else { try await world.record(Points(6)) }
                #expect(try await !world.isCompleted())
                if isGradeLast { try await world.record(Points("5.99") ?? .zero) } else { try await world.learn(1) }
                #expect(try await !world.isCompleted())
                if isGradeLast { try await world.record(Points(6)) } else { try await world.learn(2) }
                #expect(try await world.isCompleted())
                #expect(try await world.count(.enrollmentCompleted) == 1)
                // What was completed stays completed.
                try await world.record(Points(1))
                #expect(try await world.isCompleted())
            }
        }
    }

    @Test func `a grade that is not released neither completes a course nor is passed over`() async throws {
        try await GradebookWorld.with { world in
            let exam = try await world.manual("Exam", of: 10)
            try await world.rule(CompletionRule(minimumGrade: GradePercentage(hundredths: 6_000)))
            try await world.learn(2)
            try await world.change { try await world.gradebook.show(exam, .muted, session: $0) }
            try await world.record(Points(10))
            #expect(try await !world.isCompleted())
            try await world.enter(Points(8), in: exam)
            #expect(try await !world.isCompleted())
            try await world.change { try await world.gradebook.show(exam, .released, session: $0) }
            #expect(try await world.isCompleted())
        }
    }

    @Test func `attack: nobody completes a course by the credit for work that is still to be done, or hidden`()
        async throws
    {
        try await GradebookWorld.with { world in
            var draft = GradeItemDraft(title: "Essay", maxPoints: Points(10))
            draft.dueAt = world.world.platform.clock.wall.now().addingTimeInterval(86_400)
            let essay = try await world.change { [draft] session in
                try await world.gradebook.add(draft, to: world.course, session: session).id
            }
            try await world.change { session in
                let setup = GradebookSetup(
                    missingWork: .fixedAfterDue(GradePercentage(hundredths: 5_000)),
                    completion: CompletionRule(minimumGrade: GradePercentage(hundredths: 5_000))
                )
                _ = try await world.gradebook.arrange(setup, of: world.course, session: session)
            }
            try await world.learn(2)
            // Both are open: the quiz without a date, the essay until tomorrow.
            #expect(try await !world.isCompleted())
            try await world.change { try await world.gradebook.show(essay, .muted, session: $0) }
            world.world.platform.clock.advance(by: 2 * 86_400)
            try await world.record(Points(9))
            // The essay is due, and hidden.
            #expect(try await !world.isCompleted())
            try await world.change { try await world.gradebook.show(essay, .released, session: $0) }
            // (9 + 5) / 20: what the course gives for what is due and missing counts.
            #expect(try await world.isCompleted())
        }
    }

    @Test func `what missing work counts completes a course when it is due, though nothing happens then`() async throws
    {
        try await GradebookWorld.with { world in
            let clock = world.world.platform.clock
            var draft = GradeItemDraft(title: "Essay", maxPoints: Points(10))
            draft.dueAt = clock.wall.now().addingTimeInterval(86_400)
            _ = try await world.change { [draft] session in
                try await world.gradebook.add(draft, to: world.course, session: session).id
            }
            try await world.change { session in
                let setup = GradebookSetup(
                    missingWork: .fixedAfterDue(GradePercentage(hundredths: 5_000)),
                    completion: CompletionRule(minimumGrade: GradePercentage(hundredths: 5_000))
                )
                _ = try await world.gradebook.arrange(setup, of: world.course, session: session)
            }
            try await world.learn(2)
            try await world.record(Points(9))
            #expect(try await !world.isCompleted())
            let course = world.course
            let jobs: SQL = """
                SELECT count(*) FROM cell.tenant_jobs WHERE kind = 'completion_decision' AND subject = \(course)
                """
            let queued: Int? = try await world.world.tenant.transaction { session in
                try await session.execute(jobs).only?[0]
            }
            #expect(queued == 1)
            clock.advance(by: 86_401)
            let system = Principal(.system("completions"), grants: Grants())
            let later = try await world.world.tenant.transaction(as: system) { session in
                try await world.world.lms.completions.decide(in: course, session: session)
            }
            #expect(later == nil)
            #expect(try await world.count(.enrollmentCompleted) == 1)
        }
    }

    @Test func `a course without lessons is not completed before one of its items is mandatory`() async throws {
        try await CourseWorld.with { plain in
            let course = try await plain.course().course.id
            let place = try await plain.enroll(plain.learner, in: course)
            let (gradebook, tenant) = (plain.lms.gradebook, plain.tenant)
            func decide() async throws -> Enrollment.Status {
                let system = Principal(.system("completions"), grants: Grants())
                _ = try await tenant.transaction(as: system) { session in
                    try await plain.lms.completions.decide(in: course, session: session)
                }
                return try await plain.lms.enrollments.fetch(place.id, reader: tenant.reader(as: plain.learner))
                    .enrollment.status
            }
            let item = try await tenant.transaction(as: plain.teacher) { session in
                let rule = CompletionRule(needsMandatoryItems: true)
                _ = try await gradebook.arrange(GradebookSetup(completion: rule), of: course, session: session)
                var draft = GradeItemDraft(title: "Examination", maxPoints: Points(10))
                draft.isMandatory = true
                draft.isPublished = false
                return try await gradebook.add(draft, to: course, session: session)
            }
            #expect(try await decide() == .active)
            try await tenant.transaction(as: plain.teacher) { session in
                var draft = item.draft
                draft.isPublished = true
                _ = try await gradebook.update(item.id, draft, session: session)
                let learner = try #require(plain.learner.user)
                let entry = GradeEntry(item: item.id, learner: learner, score: Points(3))
                _ = try await gradebook.enter(entry, session: session)
            }
            #expect(try await decide() == .completed)
        }
    }

    @Test func `a mandatory item is settled by a score, an override or an excuse`() async throws {
        try await GradebookWorld.with { world in
            var draft = GradeItemDraft(title: "Safety briefing", maxPoints: Points(1))
            draft.isMandatory = true
            draft.counts = false
            let item = try await world.change { [draft] session in
                try await world.gradebook.add(draft, to: world.course, session: session).id
            }
            try await world.rule(CompletionRule(needsMandatoryItems: true))
            try await world.learn(2)
            #expect(try await !world.isCompleted())
            try await world.enter(nil, .missing, in: item)
            #expect(try await !world.isCompleted())
            try await world.enter(nil, .excused, in: item)
            #expect(try await world.isCompleted())
        }
    }

    @Test func `all lessons are more than the share that the course asks for`() async throws {
        try await CourseWorld.with { plain in
            let outline = try await plain.course(modules: [2]) { $0.completionThreshold = .set(50) }
            let place = try await plain.enroll(plain.learner, in: outline.course.id)
            try await plain.tenant.transaction(as: plain.teacher) { session in
                _ = try await plain.lms.gradebook.arrange(
                    GradebookSetup(completion: CompletionRule(needsAllLessons: true)),
                    of: outline.course.id,
                    session: session
                )
            }
            let report = LessonReport(on: outline.lessons[0].id, outcome: .completed)
            #expect(try await plain.record(report, on: place.id).enrollment.status == .active)
        }
    }

    @Test func `a rule that is set later completes those who did enough already`() async throws {
        try await GradebookWorld.with { world in
            try await world.rule(CompletionRule(minimumGrade: .full))
            try await world.learn(2)
            try await world.record(Points(7))
            #expect(try await !world.isCompleted())
            try await world.rule(CompletionRule(minimumGrade: GradePercentage(hundredths: 7_000)))
            #expect(try await world.isCompleted())
        }
    }
}
