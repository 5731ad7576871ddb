// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct DashboardRoutesTests {
    @Test func `a learner sees where they are, what is due for them, and nothing of others`() async throws {
        try await AssignmentWorld.with { world in
            let work = try await world.assignment(#","dueAt":\#(world.date(in: 86_400))"#)
            _ = try await world.assignment(#","dueAt":\#(world.date(in: 86_400))"#, isPublished: false)
            let later = world.date(in: 3 * 86_400)
            let extended = try await world.send(
                "PUT",
                "assignments/\(work)/extensions/\(world.ana.user)",
                as: world.teacher,
                #"{"dueAt":\#(later),"reason":"Ill."}"#
            )
            #expect(extended.status == 200, "\(extended.text)")
            let ana = try await world.send("GET", "users/me/dashboard", as: world.ana)
            #expect(ana.status == 200)
            #expect(ana.json["summary"]?["activeCourses"] == .number("1"))
            #expect(ana.json["courses"]?[0]?["courseTitle"]?.text == "Physics")
            #expect(ana.json["courses"]?[0]?["nextLessonTitle"]?.text == "Lesson 1")
            #expect(ana.json["due"]?[0]?["subjectId"]?.text == work)
            #expect(ana.json["due"]?[0]?["dueAt"]?.text == String(later.dropFirst().dropLast()))
            #expect(ana.json["due"]?[0]?["isSubmitted"] == .bool(false))
            #expect(ana.json["due"]?[1] == nil)
            let ben = try await world.send("GET", "users/me/dashboard", as: world.ben)
            #expect(ben.json["due"]?[0]?["dueAt"]?.text != ana.json["due"]?[0]?["dueAt"]?.text)
            _ = try await world.handIn(of: work, as: world.ana)
            let done = try await world.send("GET", "users/me/dashboard", as: world.ana)
            #expect(done.json["due"]?[0]?["isSubmitted"] == .bool(true))
            #expect(done.json["recentActivity"]?[0]?["submittedAssignments"] == .number("1"))
            #expect(try await world.send("GET", "users/me/dashboard", as: nil).status == 401)
        }
    }

    @Test func `attack: what waits for a grader says of blind work neither whose it is nor when theirs came`()
        async throws
    {
        try await AssignmentWorld.with { world in
            let blind = try await world.assignment(#","isBlind":true,"release":"held""#)
            _ = try await world.handIn(of: blind, as: world.ana)
            for path in ["courses/\(world.course)/overview", "users/me/teaching"] {
                let shown = try await world.send("GET", path, as: world.teacher)
                #expect(shown.status == 200, "\(shown.text)")
                let course = shown.json["courses"]?[0] ?? shown.json
                #expect(course["toGrade"]?["submissions"]?["count"] == .number("1"))
                #expect(course["learners"]?["active"] == .number("2"))
                for secret in [world.ana.user, world.ana.email] { #expect(!shown.text.contains(secret)) }
                for learner in [world.ana, world.ben] {
                    #expect(try await world.send("GET", path, as: learner).status == 403)
                }
            }
        }
    }

    @Test func `essays wait for a grader, and who was away and did nothing is at risk`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.essay)
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            #expect(try await world.save("Because.", to: question, of: attempt, as: world.ana).status == 200)
            #expect(try await world.submit(attempt, as: world.ana).status == 200)
            world.advance(by: 8 * 86_400)
            // Nobody's session lasts so long.
            let teacher = try #require(User.ID(world.teacher.user))
            let reader = world.tenant.reader(
                as: Principal(.user(teacher), grants: BuiltInRole.instructor.grants)
            )
            let report = try await world.host.platform.lms.dashboards.overview(of: world.course, reader: reader)
            #expect(report.quizAttempts?.count == 1)
            #expect(report.courses.first?.lately.quizAttempts == 0)
            #expect(Set(report.atRisk.map(\.learner.description)) == [world.ana.user, world.ben.user])
            #expect(report.atRisk.allSatisfy { $0.reasons == [.inactiveAndBehind] && $0.inactiveDays == 8 })
        }
    }
}
