// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// The problems of an imported course as quizzes.
@Suite struct ImportedQuizTests {
    private static let choice = """
        <problem display_name="Capital" max_attempts="3" weight="2"><multiplechoiceresponse><label>Which one?</label><choicegroup>
        <choice correct="false">Lyon</choice><choice correct="true">zzparis</choice></choicegroup></multiplechoiceresponse></problem>
        """
    private static let number = """
        <problem max_attempts="5"><p>See <img src="/static/a.png"/></p><numericalresponse answer="8675309">
        <formulaequationinput/></numericalresponse></problem>
        """
    private static let scripted = """
        <problem><script type="loncapa/python">x = 1</script><customresponse cfn="x"><textline/></customresponse></problem>
        """
    static let course = [
        "course.xml": """
        <course url_name="r" display_name="Places"><chapter display_name="One"><sequential display_name="S">
        <vertical display_name="Read"><html>Hi</html></vertical>
        <vertical display_name="Do"><html>Now</html>\(choice)\(scripted)\(number)</vertical>
        <vertical display_name="Not"><html>Then</html>\(scripted)</vertical></sequential></chapter></course>
        """,
        "static/a.png": "png",
    ]

    private struct World {
        let host: PlatformHost
        let tenant: TestTenant
        let admin: PlatformHost.Session
        let learner: PlatformHost.Session
        let imported: JSONValue
        let course: String
        let enrollment: String

        init(_ tenant: TestTenant, _ course: [String: String] = ImportedQuizTests.course) async throws {
            host = try await PlatformHost()
            self.tenant = tenant
            admin = try await host.member("ada", .admin, of: tenant)
            learner = try await host.register("ana", at: tenant)
            let form = [
                "--x", "Content-Disposition: form-data; name=\"status\"", "", "published", "--x",
                "Content-Disposition: form-data; name=\"file\"; filename=\"c.tar\"", "",
                CourseImportRoutesTests.tar(course), "--x--", "",
            ]
            let made = try await host.send(
                "POST",
                "/api/v1/courses/import",
                to: tenant,
                fields: ["Content-Type: multipart/form-data; boundary=x"],
                token: admin.access,
                upload: form.joined(separator: "\r\n")
            )
            #expect(made.status == 201, "\(made.text)")
            imported = made.json
            self.course = try #require(imported["courseId"]?.text)
            let json = #"{"courseId":"\#(self.course)"}"#
            let place = try await host.send(
                "POST",
                "/api/v1/enrollments",
                to: tenant,
                token: learner.access,
                json: json
            )
            enrollment = try #require(place.json["id"]?.text)
        }

        func send(
            _ method: String,
            _ path: String,
            _ json: String? = nil,
            as session: PlatformHost.Session? = nil
        ) async throws -> TestReply {
            let token = (session ?? learner).access
            return try await host.send(method, "/api/v1/\(path)", to: tenant, token: token, json: json)
        }
    }

    @Test func `a course's problems are taken as a quiz, and handing it in completes its lesson`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            #expect(world.imported["report"]?["quizzes"]?.integer == 1)
            #expect(world.imported["report"]?["questions"]?.integer == 2)
            let quiz = try #require(try await world.send("GET", "courses/\(world.course)/quizzes").items.first)
            #expect(
                quiz["title"]?.text == "S: Do" && quiz["points"]?.integer == 3 && quiz["attemptLimit"]?.integer == 3
            )
            let (id, lesson) = (try #require(quiz["id"]?.text), try #require(quiz["lessonId"]?.text))
            let early = try await world.send("POST", "enrollments/\(world.enrollment)/lessons/\(lesson)/complete")
            #expect(early.code == "QUIZ_NOT_PASSED")
            let begun = try await world.send("POST", "quizzes/\(id)/attempts")
            #expect(begun.status == 201, "\(begun.text)")
            let attempt = try #require(begun.json["id"]?.text)
            let (choice, number) = (begun.json["questions"]?[0], begun.json["questions"]?[1])
            let option = choice?["question"]?["options"]?.first { $0["text"]?.text == "zzparis" }?["id"]?.text
            let chosen = try #require(option)
            let first = try #require(choice?["questionId"]?.text)
            let second = try #require(number?["questionId"]?.text)
            let answers = """
                {"answers":[{"questionId":"\(first)","answer":{"options":["\(chosen)"]},"sequence":1},
                {"questionId":"\(second)","answer":{"value":"7"},"sequence":1}]}
                """
            let submitted = try await world.send("POST", "quiz-attempts/\(attempt)/submit", answers)
            #expect(submitted.json["score"]?.integer == 2, "\(submitted.text)")
            let lessonID = try #require(Lesson.ID(lesson))
            let completed: Int = try await tenant.transaction { session in
                let rows = try await session.execute(
                    "SELECT count(*) FROM lesson_progress WHERE lesson_id = \(lessonID) AND completed_at IS NOT NULL"
                )
                return try #require(rows.only)[0]
            }
            #expect(completed == 1)
            let grades = try await world.send("GET", "enrollments/\(world.enrollment)/grades").json
            #expect(grades["gradeItems"]?[0]?["subjectId"]?.text == id)
            #expect(grades["learner"]?["grades"]?[0]?["score"] == .number("2"))
        }
    }

    @Test func `attack: neither the lesson nor the attempt of an imported problem has its key`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let quiz = try #require(try await world.send("GET", "courses/\(world.course)/quizzes").items.first)
            let (id, lesson) = (try #require(quiz["id"]?.text), try #require(quiz["lessonId"]?.text))
            let read = try await world.send("GET", "courses/\(world.course)/lessons/\(lesson)")
            #expect(read.status == 200 && read.text.contains(id))
            let begun = try await world.send("POST", "quizzes/\(id)/attempts")
            for reply in [read, begun] {
                #expect(!reply.text.contains("8675309") && !reply.text.contains("correct="), "\(reply.text)")
            }
            // The picture of a question is at its new address.
            #expect(begun.text.contains("/api/v1/files/"))
        }
    }

    @Test func `attack: the source of what became no quiz, with the keys in it, is the editors' alone`() async throws {
        try await withTenant { tenant in
            let files = [
                "course.xml": """
                <course url_name="r" display_name="Keys"><chapter display_name="One"><sequential display_name="S">
                <vertical display_name="Do"><html>Now</html><problem><formularesponse answer="zzformula"/></problem>
                <library_content max_count="1"><problem url_name="p1"><numericalresponse answer="8675309">
                <formulaequationinput/></numericalresponse></problem></library_content></vertical></sequential></chapter></course>
                """
            ]
            let world = try await World(tenant, files)
            let quiz = try #require(try await world.send("GET", "courses/\(world.course)/quizzes").items.first)
            let path = "courses/\(world.course)/lessons/\(try #require(quiz["lessonId"]?.text))"
            let edited = try await world.send("GET", path, as: world.admin)
            #expect(edited.text.contains("8675309") && edited.text.contains("zzformula"), "\(edited.text)")
            let read = try await world.send("GET", path)
            #expect(read.status == 200 && !read.text.contains("8675309") && !read.text.contains("zzformula"))
            #expect(read.text.contains(try #require(quiz["id"]?.text)))
        }
    }

    @Test func `attack: a solution is not told to who may try again`() async throws {
        try await withTenant { tenant in
            let solved = Self.choice.replacing("</problem>", with: "<solution><p>zzsolution</p></solution></problem>")
            let files = [
                "course.xml": """
                <course url_name="r" display_name="Solved"><chapter display_name="One"><sequential display_name="S">
                <vertical display_name="Do">\(solved)</vertical>
                <vertical display_name="Once">\(solved.replacing(#"max_attempts="3""#, with: #"max_attempts="1""#))</vertical>
                </sequential></chapter></course>
                """
            ]
            let world = try await World(tenant, files)
            for quiz in try await world.send("GET", "courses/\(world.course)/quizzes").items {
                let begun = try await world.send("POST", "quizzes/\(try #require(quiz["id"]?.text))/attempts")
                let attempt = try #require(begun.json["id"]?.text)
                let submitted = try await world.send("POST", "quiz-attempts/\(attempt)/submit", "{}")
                #expect(submitted.text.contains("zzsolution") == (quiz["attemptLimit"]?.integer == 1))
            }
        }
    }

    @Test func `a copy's lesson leads to the copy's quiz and its questions`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            let old = try await world.send("GET", "courses/\(world.course)/quizzes", as: world.admin).items.first
            let made = try await world.send("POST", "courses/\(world.course)/duplicate", "{}", as: world.admin)
            let copy = try #require(made.json["id"]?.text, "\(made.text)")
            let quiz = try #require(try await world.send("GET", "courses/\(copy)/quizzes", as: world.admin).items.first)
            let (id, lesson) = (try #require(quiz["id"]?.text), try #require(quiz["lessonId"]?.text))
            let shown = try await world.send("GET", "quizzes/\(id)/slots", as: world.admin).json
            let slots = shown["slots"]?.array ?? []
            let read = try await world.send("GET", "courses/\(copy)/lessons/\(lesson)", as: world.admin).text
            let original = try #require(old?["id"]?.text)
            #expect(read.contains(id) && !read.contains(original))
            #expect(slots.count == 2)
            for slot in slots { #expect(read.contains(try #require(slot["questionId"]?.text))) }
        }
    }

    @Test func `a problem that becomes no question stays, and the report says why`() async throws {
        try await withTenant { tenant in
            let world = try await World(tenant)
            guard case .array(let findings) = world.imported["report"]?["findings"] else {
                throw TestFailure("no report")
            }
            let left = findings.filter { $0["kind"]?.text == "unconverted_problem" }
            #expect(left.count == 2)
            #expect(left.allSatisfy { $0["detail"]?.text?.hasPrefix("custom_grader: ") ?? false })
            let kinds = try await tenant.transaction { session in
                let rows = try await session.execute("SELECT kind FROM lessons ORDER BY position, id")
                return try rows.map { row -> String in try row[0] }
            }
            #expect(kinds == ["reading", "quiz", "reading"])
            #expect(try await world.send("GET", "courses/\(world.course)/quizzes").items.count == 1)
        }
    }
}

extension JSONValue {
    fileprivate func first(where isWanted: (JSONValue) -> Bool) -> JSONValue? {
        if case .array(let values) = self { values.first(where: isWanted) } else { nil }
    }
}
