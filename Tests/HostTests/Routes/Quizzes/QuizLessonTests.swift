// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// What a quiz does to its lesson.
@Suite struct QuizLessonTests {
    /// Takes a quiz with one question.
    private func take(
        _ quiz: String,
        _ text: String,
        _ question: String,
        as learner: PlatformHost.Session,
        in world: QuizWorld
    ) async throws {
        let attempt = try await world.start(quiz, as: learner)
        _ = try await world.save(text, to: question, of: attempt, as: learner)
        #expect(try await world.submit(attempt, as: learner).status == 200)
    }

    @Test func `attack: completing a lesson tells nobody that they passed before they may know`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let closes = world.host.platform.clock.wall.now().addingTimeInterval(60).iso8601Milliseconds
            let lesson = world.lessons[0]
            let quiz = try await world.quiz(
                of: [question],
                #","passPercentage":60,"lessonId":"\#(lesson)","scoreReveal":"after_close","closesAt":"\#(closes)""#
            )
            try await take(quiz, QuizWorld.secret, question, as: world.ana, in: world)
            try await take(quiz, "wrong", question, as: world.ben, in: world)
            #expect(try await world.completions(of: lesson) == 0)
            // Neither does being refused.
            for learner in [world.ana, world.ben] {
                let path = "enrollments/\(try await world.place(of: learner))/lessons/\(lesson)/complete"
                #expect(try await world.send("POST", path, as: learner).code == "QUIZ_NOT_PASSED")
            }
            #expect(try await world.settle(quiz) != nil)
            world.advance(by: 70)
            #expect(try await world.settle(quiz) == nil)
            #expect(try await world.completions(of: lesson) == 1)
            let own = try await world.send("GET", "quizzes/\(quiz)/attempts/mine", as: world.ana).json
            #expect(own["result"]?["isPassed"]?.flag == true)
            #expect(try await world.settle(quiz) == nil)
            #expect(try await world.completions(of: lesson) == 1)
            let id = try #require(Quiz.ID(quiz))
            let jobs = try await world.number(
                "SELECT count(*) FROM cell.tenant_jobs WHERE kind = 'quiz_closing' AND subject = \(id)"
            )
            #expect(jobs == 1)
        }
    }

    @Test func `a lesson of several works is completed by the last that is done, whichever it is`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let closes = world.host.platform.clock.wall.now().addingTimeInterval(60).iso8601Milliseconds
            let lesson = world.lessons[0]
            let exam = try await world.quiz(
                of: [question],
                #","passPercentage":60,"lessonId":"\#(lesson)","scoreReveal":"after_close","closesAt":"\#(closes)""#
            )
            let test = try await world.quiz(of: [question], #","passPercentage":60,"lessonId":"\#(lesson)""#)
            let sheet = #"{"title":"The sheet","points":10,"lessonId":"\#(lesson)","completesLessonOn":"submission"}"#
            let assignment = try await world.id(
                of: world.send("POST", "courses/\(world.course)/assignments", as: world.teacher, sheet)
            )
            #expect(try await world.send("POST", "assignments/\(assignment)/publish", as: world.teacher).status == 200)
            func handIn(as learner: PlatformHost.Session) async throws {
                let text = #"{"text":"Because.","sequence":1}"#
                let draft = try await world.send("PUT", "assignments/\(assignment)/draft", as: learner, text)
                let path = "submissions/\(try world.id(of: draft))/submit"
                #expect(try await world.send("POST", path, as: learner).status == 200)
            }
            let cem = try await world.learner("cem")
            for learner in [world.ana, world.ben, cem] {
                try await take(exam, QuizWorld.secret, question, as: learner, in: world)
            }
            try await take(test, QuizWorld.secret, question, as: world.ana, in: world)
            try await handIn(as: world.ben)
            try await take(test, QuizWorld.secret, question, as: cem, in: world)
            try await handIn(as: cem)
            #expect(try await world.completions(of: lesson) == 0)
            world.advance(by: 70)
            #expect(try await world.settle(exam) == nil)
            #expect(try await world.completions(of: lesson) == 1)
            try await handIn(as: world.ana)
            #expect(try await world.completions(of: lesson) == 2)
            try await take(test, "wrong", question, as: world.ben, in: world)
            #expect(try await world.completions(of: lesson) == 2)
            try await take(test, QuizWorld.secret, question, as: world.ben, in: world)
            #expect(try await world.completions(of: lesson) == 3)
        }
    }

    @Test(arguments: [#","passPercentage":60,"scoreReveal":"never""#, ""])
    func `where nothing is passed, or nobody is told, handing in completes the lesson`(settings: String) async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let lesson = world.lessons[0]
            let quiz = try await world.quiz(of: [question], #","lessonId":"\#(lesson)"\#(settings)"#)
            let attempt = try await world.start(quiz, as: world.ana)
            #expect(try await world.completions(of: lesson) == 0)
            _ = try await world.submit(attempt, as: world.ana)
            #expect(try await world.completions(of: lesson) == 1)
        }
    }

    @Test func `attack: a learner does not complete the lesson of a quiz by saying so`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let lesson = world.lessons[0]
            let quiz = try await world.quiz(
                slots: #"{"questionId":"\#(question)"}"#,
                #","passPercentage":60,"lessonId":"\#(lesson)""#,
                isPublished: false
            )
            let place = "enrollments/\(try await world.place(of: world.ana))"
            func ways() -> [(String, String, String?)] {
                [
                    ("POST", "\(place)/lessons/\(lesson)/complete", nil),
                    ("PUT", "\(place)/lessons/\(lesson)/progress", #"{"status":"completed"}"#),
                    ("PATCH", "\(place)/progress", #"{"lessonId":"\#(lesson)","completed":true}"#),
                    ("POST", "\(place)/progress", #"{"lessonIds":["\#(world.lessons[1])","\#(lesson)"]}"#),
                ]
            }
            #expect(try await world.send("POST", "quizzes/\(quiz)/publish", as: world.teacher).status == 200)
            try await take(quiz, "wrong", question, as: world.ana, in: world)
            for (method, path, json) in ways() {
                let reply = try await world.send(method, path, as: world.ana, json)
                #expect(reply.status == 409 && reply.code == "QUIZ_NOT_PASSED", "\(method) \(path) \(reply.text)")
            }
            #expect(try await world.completions(of: world.lessons[1]) == 0)
            let looking = #"{"status":"in_progress","positionSeconds":3}"#
            let seen = try await world.send("PUT", "\(place)/lessons/\(lesson)/progress", as: world.ana, looking)
            #expect(seen.status == 200)
            try await take(quiz, QuizWorld.secret, question, as: world.ana, in: world)
            #expect(try await world.completions(of: lesson) == 1)
            for (method, path, json) in ways() {
                #expect(try await world.send(method, path, as: world.ana, json).status == 200)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a lesson with a quiz and a video is completed by what is done last`(isQuizFirst: Bool) async throws {
        try await QuizWorld.with { world in
            let lesson = world.lessons[0]
            let question = try await world.write(QuizWorld.word())
            let quiz = try await world.quiz(
                of: [question],
                #","passPercentage":60,"scoreReveal":"after_submit","lessonId":"\#(lesson)""#
            )
            let file = try await world.host.storeFile(PlainWorkshop.file, in: world.course, of: world.tenant)
            let made = #"{"fileId":"\#(file)","title":"Introduction"}"#
            let id = try world.id(of: try await world.send("POST", "lessons/\(lesson)/media", as: world.teacher, made))
            let medium = try #require(MediaItem.ID(id))
            let media = world.host.platform.lms.media
            _ = try await media.make(medium, of: world.tenant.id, attempt: 1, tenants: world.tenant.tenants) { _, _ in }
            func watch() async throws {
                for (sequence, position) in [0, 50, 100].enumerated() {
                    if position > 0 { world.advance(by: 50) }
                    let json = #"{"player":"player-1","sequence":\#(sequence + 1),"event":"heartbeat""#
                    let beat = #"\#(json),"positionSeconds":\#(position)}"#
                    #expect(try await world.send("POST", "media/\(id)/events", as: world.ana, beat).status == 200)
                }
            }
            let complete = "enrollments/\(try await world.place(of: world.ana))/lessons/\(lesson)/complete"
            #expect(try await world.send("POST", complete, as: world.ana).code == "QUIZ_NOT_PASSED")
            if isQuizFirst {
                try await take(quiz, QuizWorld.secret, question, as: world.ana, in: world)
                #expect(try await world.send("POST", complete, as: world.ana).code == "MEDIA_NOT_WATCHED")
            } else {
                try await watch()
                #expect(try await world.send("POST", complete, as: world.ana).code == "QUIZ_NOT_PASSED")
            }
            #expect(try await world.completions(of: lesson) == 0)
            if isQuizFirst {
                try await watch()
            } else {
                try await take(quiz, QuizWorld.secret, question, as: world.ana, in: world)
            }
            #expect(try await world.completions(of: lesson) == 1)
        }
    }

    @Test func `attack: a quiz is not begun before its lesson is the learner's`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(QuizWorld.word())
            let lesson = world.lessons[0]
            let quiz = try await world.quiz(of: [question], #","lessonId":"\#(lesson)""#)
            let outline = try await world.send("GET", "courses/\(world.course)", as: world.teacher).json
            let modules = outline["modules"]?.array ?? []
            let module = try #require(
                modules.first { $0["lessons"]?.array?.contains { $0["id"]?.text == "\(lesson)" } == true }?["id"]?.text
            )
            let instant = world.host.platform.clock.wall.now().addingTimeInterval(60).iso8601Milliseconds
            let path = "courses/\(world.course)/modules/\(module)"
            let release = #"{"releaseAt":"\#(instant)"}"#
            #expect(try await world.send("PATCH", path, as: world.teacher, release).status == 200)
            let refused = try await world.send("POST", "quizzes/\(quiz)/attempts", as: world.ana)
            #expect(refused.code == "QUIZ_NOT_OPEN" && refused.text.contains(instant), "\(refused.text)")
            world.advance(by: 60)
            _ = try await world.start(quiz, as: world.ana)
        }
    }
}
