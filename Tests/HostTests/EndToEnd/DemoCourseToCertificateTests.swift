// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

#if Paper && Compression
    internal import Foundation
    internal import LMSTenancy
    internal import LMSTestSupport
    internal import Testing

    /// The course that Open edX publishes: imported, taken and certified as people do, over sockets, with a database of its own.
    @Suite(.enabled(if: DemoCourse.path != nil)) struct DemoCourseToCertificateTests {
        @Test(.timeLimit(.minutes(5)))
        func `the demo course is taken to a certificate that others check, and to none where the grade is too low`()
            async throws
        {
            let site = try DevelopmentSite()
            defer { site.remove() }
            let platform = try site.start()
            try await platform.wait(for: "Listening on port")
            let importing = try site.start(
                "courses",
                "import",
                "--tenant",
                "acme",
                "--publish",
                try #require(DemoCourse.path)
            )
            #expect(importing.end() == 0, "\(importing.text)")
            let owner = try signInOwner(at: site)
            let course = try #require(
                try site.send("GET", "/api/v1/courses", token: owner).json().items.first?["id"]?.text
            )
            try put("courses/\(course)/gradebook", #"{"completionGrade":60}"#, as: owner, at: site)
            let rule = #"{"issuance":"automatic","gradeShown":"everywhere"}"#
            try put("courses/\(course)/certificate-rule", rule, as: owner, at: site)

            // Of every three problems one is answered wrong, or right in part.
            let lina = try DemoCourseLearner("Lina Learner", email: "lina@example.org", course: course, at: site)
            let wrong = Set(
                stride(from: 0, to: DemoCourseProblem.all.count, by: 3).map { DemoCourseProblem.all[$0].prompt }
            )
            let mixed = try lina.takeCourse { wrong.contains($0.prompt) ? $0.other : $0.right }
            for (problem, score, points) in mixed {
                #expect(points == problem.points, "\(problem.prompt)")
                #expect(
                    score == (wrong.contains(problem.prompt) ? problem.earned : problem.points),
                    "\(problem.prompt)"
                )
            }
            let arabic = try DemoCourseLearner("لينا", email: "lina2@example.org", course: course, at: site)
            for (problem, score, _) in try arabic.takeCourse(\.right) {
                #expect(score == problem.points, "\(problem.prompt)")
            }
            let unready = try DemoCourseLearner("Late Learner", email: "late@example.org", course: course, at: site)
            let poor = try unready.takeCourse(\.other)
            for (problem, score, _) in poor { #expect(score == problem.earned, "\(problem.prompt)") }
            #expect(Set(poor.map(\.problem.prompt)) == Set(DemoCourseProblem.all.map(\.prompt)))

            let (certificate, paper) = try lina.certificate()
            let lines = try paper.lines
            #expect(lines.contains("Lina Learner"), "\(lines)")
            #expect(lines.contains("Open edX Demo Course"), "\(lines)")
            let grade = percentage(mixed)
            #expect(certificate["grade"] == .number(grade))
            #expect(lines.contains { $0.contains("\(grade) %") }, "\(lines)")
            let number = try #require(certificate["number"]?.text)
            #expect(try paper.code.hasSuffix("/verify/\(number)"))
            let (other, arabicPaper) = try arabic.certificate()
            #expect(try arabicPaper.lines.contains("لينا"))
            #expect(other["grade"] == .number("100"))
            #expect(try unready.get("enrollments/\(unready.enrollment)")["status"]?.text == "active")
            #expect(try unready.get("certificates/mine").items.isEmpty)

            try check(certificate, number, of: lina, revokedBy: owner, at: site)
            #expect(platform.stop() == 0)
        }

        /// Has others check the certificate, before and after it is revoked.
        private func check(
            _ certificate: JSONValue,
            _ number: String,
            of learner: DemoCourseLearner,
            revokedBy owner: String,
            at site: DevelopmentSite
        ) throws {
            let id = try #require(certificate["id"]?.text)
            let page = site.get("/verify/\(number)")
            #expect(page.hasPrefix("HTTP/1.1 200") && page.contains("Lina Learner"))
            let badge = try site.send("GET", "/api/v1/certificates/\(id)/badge", token: learner.token).text
            #expect(try BadgeVerifiers.own(badge) == "valid Open edX Demo Course")
            #expect(try BadgeVerifiers.openBadgesLib(badge, "lina@example.org").hasPrefix("valid Open edX Demo Course"))
            let reason = #"{"reason":"misconduct","note":"Copied the examination."}"#
            let revoked = try site.send("POST", "/api/v1/certificates/\(id)/revoke", token: owner, json: reason)
            #expect(revoked.status == 200)
            let told = try site.send("GET", "/api/v1/certificates/verify/\(number)").json()
            #expect(told["status"]?.text == "revoked")
            let after = try site.send("GET", "/api/v1/certificates/\(id)/badge", token: owner).text
            #expect(try BadgeVerifiers.own(after) == "revoked")
        }

        /// What a table of scores comes to, as the gradebook rounds it.
        private func percentage(_ scores: [(problem: DemoCourseProblem, score: String, points: String)]) -> String {
            let earned = scores.reduce(0) { $0 + (Double($1.score) ?? 0) }
            let possible = scores.reduce(0) { $0 + (Double($1.points) ?? 0) }
            let hundredths = Int((earned / possible * 10_000).rounded())
            let text = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
            return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
        }

        private func signInOwner(at site: DevelopmentSite) throws -> String {
            let fields = try site.logins().split(separator: "\n").map { $0.split(separator: "\t") }
            let login = try #require(fields.first { $0.count == 4 && $0[1] == "owner" })
            let json = #"{"email":"\#(login[2])","password":"\#(login[3])"}"#
            let session = try site.send("POST", "/api/v1/auth/login", json: json).json()
            return try #require((session["tokens"] ?? session)["accessToken"]?.text)
        }

        private func put(_ path: String, _ json: String, as token: String, at site: DevelopmentSite) throws {
            let reply = try site.send("PUT", "/api/v1/\(path)", token: token, json: json)
            #expect(reply.status == 200, "\(reply.text)")
        }
    }
#endif
