// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct QuizFileTests {
    private static let proof =
        #"{"kind":"file_upload","prompt":"<p>Prove it.</p>","maximumFiles":2,"maximumBytes":100,"#
        + #""mediaTypes":["text/plain"]}"#

    @Test func `files are answered with, wait for a grader, and are read by their learner and graders`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(Self.proof)
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            let first = try await world.upload(named: "Año 1.txt", as: world.ana)
            let files = [first, try await world.upload("So.", as: world.ana)]
            let saved = try await world.answer(question, of: attempt, with: files, as: world.ana)
            #expect(saved.status == 200 && saved.json["isCurrent"] == .bool(true), "\(saved.text)")
            // Whoever lost their connection goes on with them.
            let resumed = try await world.shown(question, of: attempt, as: world.ana)
            #expect(resumed?["answer"]?["files"]?.array?.compactMap(\.text) == files)
            #expect(resumed?["files"]?.array?.compactMap { $0["name"]?.text } == ["Año 1.txt", "proof.txt"])
            #expect(resumed?["files"]?[1]?["byteCount"]?.integer == 3)
            let submitted = try await world.submit(attempt, as: world.ana)
            #expect(submitted.json["status"]?.text == "submitted", "\(submitted.text)")
            let queue = try await world.send("GET", "quizzes/\(quiz)/attempts?status=submitted", as: world.teacher)
                .items
            #expect(queue.map { $0["id"]?.text } == [attempt])
            let path = "quiz-attempts/\(attempt)/answers/\(question)/files/\(files[0])"
            for reader in [world.ana, world.teacher] {
                let shown = try await world.shown(question, of: attempt, as: reader)
                #expect(shown?["files"]?.array?.compactMap { $0["id"]?.text } == files)
                #expect(shown?["needsGrading"] == .bool(true))
                let read = try await world.send("GET", path, as: reader)
                #expect(read.text == "Because." && read["content-type"] == "text/plain", "\(read.text)")
                #expect(read["content-disposition"] == "attachment; filename*=UTF-8''A%C3%B1o%201.txt")
                #expect(read["x-content-type-options"] == "nosniff")
                let part = try await world.send("GET", path, as: reader, fields: ["Range: bytes=2-4"])
                #expect(part.status == 206 && part.text == "cau")
            }
            let grade = "quiz-attempts/\(attempt)/grades/\(question)"
            let graded = try await world.send("PUT", grade, as: world.teacher, #"{"points":1.5,"comment":"Nearly."}"#)
            #expect(graded.json["status"]?.text == "graded", "\(graded.text)")
            let known = try await world.attempt(attempt, as: world.ana).json
            #expect(known["score"]?.number == 1.5 && known["questions"]?[0]?["comment"]?.text == "Nearly.")
            // What was submitted stays.
            let late = try await world.answer(question, of: attempt, with: [], 2, as: world.ana)
            #expect(late.code == "QUIZ_ATTEMPT_CLOSED")
            #expect(try await world.send("GET", path, as: world.teacher).status == 200)
        }
    }

    @Test func `without a file there is no answer, and files that come with the submission count`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(Self.proof)
            let quiz = try await world.quiz(of: [question], #","attemptLimit":2"#)
            let first = try await world.start(quiz, as: world.ana)
            #expect(try await world.answer(question, of: first, with: [], as: world.ana).status == 200)
            let empty = try await world.submit(first, as: world.ana).json
            #expect(empty["status"]?.text == "graded" && empty["questions"]?[0]?["outcome"]?.text == "unanswered")
            let second = try await world.start(quiz, as: world.ana)
            let file = try await world.upload(as: world.ana)
            let answers = #"{"answers":[{"questionId":"\#(question)","answer":{"files":["\#(file)"]},"sequence":1}]}"#
            let submitted = try await world.submit(second, as: world.ana, answers).json
            #expect(submitted["status"]?.text == "submitted")
            #expect(submitted["questions"]?[0]?["files"]?[0]?["id"]?.text == file)
        }
    }

    @Test func `answering again replaces the files, and those that nothing names any more go after a week`()
        async throws
    {
        try await QuizWorld.with { world in
            let questions = [try await world.write(Self.proof), try await world.write(Self.proof)]
            let attempt = try await world.start(try await world.quiz(of: questions), as: world.ana)
            let (old, kept, new) = (
                try await world.upload("Old", as: world.ana), try await world.upload("Kept", as: world.ana),
                try await world.upload("New", as: world.ana)
            )
            func answer(_ files: [String], _ sequence: Int, to question: String? = nil) async throws -> TestReply {
                try await world.answer(question ?? questions[0], of: attempt, with: files, sequence, as: world.ana)
            }
            func attached() async throws -> Int {
                try await world.number("SELECT count(*) FROM files WHERE attempt_id IS NOT NULL")
            }
            #expect(try await answer([old, kept], 1).status == 200)
            #expect(try await answer([new, kept], 3).status == 200)
            let shown = try await world.shown(questions[0], of: attempt, as: world.ana)
            #expect(shown?["files"]?.array?.compactMap { $0["id"]?.text } == [new, kept])
            let path = "quiz-attempts/\(attempt)/answers/\(questions[0])/files/\(old)"
            #expect(try await world.send("GET", path, as: world.teacher).code == "QUIZ_ANSWER_FILE_NOT_FOUND")
            // What comes late, or again, changes nothing of the files either.
            #expect(try await answer([old], 2).json["isCurrent"] == .bool(false))
            #expect(try await answer([old], 3).json["sequence"]?.integer == 3)
            #expect(try await attached() == 2)
            #expect(try await world.shown(questions[0], of: attempt, as: world.ana)?["files"]?[0]?["id"]?.text == new)
            // What was given back answers something else; what is in one answer does not.
            #expect(try await answer([old], 1, to: questions[1]).status == 200)
            #expect(try await answer([kept], 2, to: questions[1]).issues == ["answer.files[0]:UNKNOWN_REFERENCE"])
            let taken = try await world.send(
                "PUT",
                "quiz-attempts/\(attempt)/answers/\(questions[1])",
                as: world.ana,
                #"{"answer":null,"sequence":3}"#
            )
            #expect(taken.status == 200)
            #expect(try await attached() == 2)
            #expect(try await world.submit(attempt, as: world.ana).json["status"]?.text == "submitted")
            world.advance(by: 8 * 86_400)
            let tidied = try await world.host.uploads.tidy(world.tenant.id, tenants: world.tenant.tenants)
            #expect(tidied.unattached == 1)
            #expect(try await world.number("SELECT count(*) FROM files") == 2)
            let receipt = try await world.tenant.transaction { session in
                let user = try #require(User.ID(world.ana.user))
                return try await world.host.platform.lms.users.erase(user, session: session)
            }
            #expect(receipt.stores.contains { $0.table == "files" && $0.rows == 2 && $0.fate == .erased })
            #expect(try await world.number("SELECT count(*) FROM files") == 0)
        }
    }

    @Test func `attack: what is not mine, not looked at, or not taken answers nothing`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(Self.proof)
            let attempt = try await world.start(try await world.quiz(of: [question]), as: world.ana)
            let elsewhere = try await world.tenant.transaction { session in
                let new = NewCourse(title: "Chemistry", changes: CourseChanges())
                return try await world.host.platform.lms.courses.create(new, session: session).id
            }
            func refusal(_ files: [String]) async throws -> [String] {
                let reply = try await world.answer(question, of: attempt, with: files, as: world.ana)
                #expect(reply.status == 400, "\(reply.text)")
                return reply.issues
            }
            let never = ["answer.files[0]:UNKNOWN_REFERENCE"]
            #expect(try await refusal([QuizWorld.never]) == never)
            #expect(try await refusal([try await world.upload(as: world.ben)]) == never, "another learner's")
            #expect(try await refusal([try await world.upload(in: elsewhere, as: world.ana)]) == never, "of a course")
            #expect(try await refusal([try await world.upload(for: .courseAsset, as: world.ana)]) == never, "of a use")
            let begun = try await world.begin("Later", as: world.ana)
            let unfinished = try await world.answer(question, of: attempt, with: [begun], as: world.ana)
            #expect(unfinished.status == 409 && unfinished.code == "UPLOAD_UNFINISHED")
            let mine = try await world.upload(as: world.ana)
            let table = try await world.upload("a,b\n1,2\n", named: "a.csv", as: world.ana)
            #expect(try await refusal([mine, table]) == ["answer.files[1]:NOT_ALLOWED"])
            let long = try await world.upload(String(repeating: "So. ", count: 26), as: world.ana)
            #expect(try await refusal([mine, long]) == ["answer.files[1]:TOO_LARGE"])
            let more = [try await world.upload(as: world.ana), try await world.upload(as: world.ana)]
            #expect(try await refusal([mine] + more) == ["answer.files:TOO_MANY"])
            #expect(try await refusal([mine, mine]).first?.hasPrefix("answer.files") == true)
            let refused = try await world.submit(
                attempt,
                as: world.ana,
                #"{"answers":[{"questionId":"\#(question)","answer":{"files":["\#(QuizWorld.never)"]},"sequence":1}]}"#
            )
            #expect(refused.status == 400 && refused.issues == never)
            #expect(try await world.number("SELECT count(*) FROM files WHERE attempt_id IS NOT NULL") == 0)
            #expect(try await world.shown(question, of: attempt, as: world.ana)?["answer"] == .null)
            // Nor does anybody answer for another.
            let theirs = try await world.answer(question, of: attempt, with: [mine], as: world.ben)
            #expect(theirs.code == "QUIZ_ATTEMPT_NOT_FOUND")
            #expect(try await world.answer(question, of: attempt, with: [mine], as: world.ana).status == 200)
        }
    }

    @Test func `attack: the files of an answer are its learner's and the graders' alone`() async throws {
        try await QuizWorld.with { world in
            let question = try await world.write(Self.proof)
            let quiz = try await world.quiz(of: [question])
            let attempt = try await world.start(quiz, as: world.ana)
            let file = try await world.upload(as: world.ana)
            #expect(try await world.answer(question, of: attempt, with: [file], as: world.ana).status == 200)
            let theirs = try await world.start(quiz, as: world.ben)
            let stranger = try await world.host.register("stranger", at: world.tenant)
            let instructor = try await world.host.member("elsewhere", .instructor, of: world.tenant)
            let path = "answers/\(question)/files/\(file)"
            for other in [world.ben, stranger, instructor] {
                let reply = try await world.send("GET", "quiz-attempts/\(attempt)/\(path)", as: other)
                let unknown = try await world.send("GET", "quiz-attempts/\(QuizWorld.never)/\(path)", as: other)
                #expect(reply.status == 404 && reply.comparable == unknown.comparable)
                #expect(try await world.send("GET", "files/\(file)", as: other).status == 404)
            }
            #expect(try await world.send("GET", "quiz-attempts/\(attempt)/\(path)", as: nil).status == 401)
            // Nor by an attempt of one's own.
            let wrong = try await world.send("GET", "quiz-attempts/\(theirs)/\(path)", as: world.ben)
            #expect(wrong.status == 404 && wrong.code == "QUIZ_ANSWER_FILE_NOT_FOUND")
            // Graders read it where it answers, its learner everywhere.
            #expect(try await world.send("GET", "files/\(file)", as: world.teacher).status == 404)
            #expect(try await world.send("GET", "files/\(file)", as: world.ana).text == "Because.")
        }
    }

    @Test func `attack: a file that is answered with is in nothing else, also when that is tried at once`()
        async throws
    {
        try await QuizWorld.with { world in
            let questions = [try await world.write(Self.proof), try await world.write(Self.proof)]
            let attempt = try await world.start(try await world.quiz(of: questions), as: world.ana)
            let file = try await world.upload(as: world.ana)
            let replies = try await world.atOnce(8) { number in
                try await world.answer(questions[number % 2], of: attempt, with: [file], 1, as: world.ana)
            }
            #expect(replies.count { $0.status == 200 } == 4, "the same answer four times")
            #expect(replies.count { $0.issues == ["answer.files[0]:UNKNOWN_REFERENCE"] } == 4)
            let assignment = try world.id(
                of: try await world.send(
                    "POST",
                    "courses/\(world.course)/assignments",
                    as: world.teacher,
                    #"{"title":"The third sheet","points":10,"takes":"files"}"#
                )
            )
            #expect(try await world.send("POST", "assignments/\(assignment)/publish", as: world.teacher).status == 200)
            let upload = try await world.uploadID(of: file)
            let attached = try await world.send(
                "POST",
                "assignments/\(assignment)/draft/files",
                as: world.ana,
                #"{"uploadId":"\#(upload)"}"#
            )
            #expect(attached.code == "UPLOAD_NOT_FOUND", "\(attached.text)")
            #expect(try await world.number("SELECT count(*) FROM files WHERE attempt_id IS NOT NULL") == 1)
        }
    }
}

extension QuizWorld {
    /// Begins to upload a text, of which nothing is sent.
    ///
    /// - Returns: The upload.
    /// - Throws: If it is refused.
    fileprivate func begin(
        _ text: String,
        named name: String = "proof.txt",
        for use: FileUpload.Use = .submission,
        in other: Course.ID? = nil,
        as session: PlatformHost.Session
    ) async throws -> String {
        let (name, uploads) = (try #require(FileName(name)), host.uploads)
        let new = NewUpload(name, byteCount: text.utf8.count, for: use, in: other ?? course)
        return try await tenant.transaction(as: try uploader(session)) { session in
            try await uploads.begin(new, session: session).id.description
        }
    }

    /// Uploads a text and has it looked at; as `begin`.
    ///
    /// - Returns: The file.
    /// - Throws: If it is refused.
    fileprivate func upload(
        _ text: String = "Because.",
        named name: String = "proof.txt",
        for use: FileUpload.Use = .submission,
        in other: Course.ID? = nil,
        as session: PlatformHost.Session
    ) async throws -> String {
        let begun = try await begin(text, named: name, for: use, in: other, as: session)
        let (id, uploads) = (try #require(FileUpload.ID(begun)), host.uploads)
        _ = try await uploads.append(
            BlobBytes(Array(text.utf8)),
            at: 0,
            to: id,
            of: tenant.id,
            as: try uploader(session),
            tenants: tenant.tenants
        )
        try await uploads.check(id, of: tenant.id, tenants: tenant.tenants)
        return try await tenant.transaction { session in
            let rows = try await session.execute(
                "SELECT file_id::text FROM uploads WHERE id = \(id) AND status = 'stored'"
            )
            return try #require(rows.only)[0]
        }
    }

    /// The upload that a file came of.
    fileprivate func uploadID(of file: String) async throws -> String {
        let file = try #require(StoredFile.ID(file))
        return try await tenant.transaction { session in
            try #require(try await session.execute("SELECT id::text FROM uploads WHERE file_id = \(file)").only)[0]
        }
    }

    /// Somebody who may upload for every use.
    private func uploader(_ session: PlatformHost.Session) throws -> Principal {
        Principal(.user(try #require(User.ID(session.user))), grants: BuiltInRole.owner.grants)
    }

    fileprivate func answer(
        _ question: String,
        of attempt: String,
        with files: [String],
        _ sequence: Int = 1,
        as session: PlatformHost.Session
    ) async throws -> TestReply {
        let named = files.map { "\"\($0)\"" }.joined(separator: ",")
        return try await send(
            "PUT",
            "quiz-attempts/\(attempt)/answers/\(question)",
            as: session,
            #"{"answer":{"files":[\#(named)]},"sequence":\#(sequence)}"#
        )
    }

    /// A question of an attempt, as it is shown to somebody.
    fileprivate func shown(
        _ question: String,
        of attempt: String,
        as session: PlatformHost.Session
    ) async throws -> JSONValue? {
        let questions = try await self.attempt(attempt, as: session).json["questions"]?.array
        return questions?.first { $0["questionId"]?.text == question }
    }
}
