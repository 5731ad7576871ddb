// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

@Suite struct SubmissionFileRoutesTests {
    private static let files = #","takes":"files""#

    @Test func `files are attached, taken away, handed in together, and read by their learner and graders`()
        async throws
    {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(#","takes":"text_and_files","fileLimit":2"#)
            let kept = try await world.attach(
                try await world.upload(named: "Año 1.txt", as: world.ana),
                to: assignment,
                as: world.ana
            )
            #expect(kept.status == 201 && kept.json["position"]?.integer == 1, "\(kept.text)")
            let draft = try #require(kept.json["submissionId"]?.text)
            #expect(kept["location"] == "/api/v1/submissions/\(draft)/files/\(try world.id(of: kept))")
            let wrong = try await world.attach(
                try await world.upload("Wrong", as: world.ana),
                to: assignment,
                as: world.ana
            )
            let third = try await world.upload("Right", as: world.ana)
            #expect(try await world.attach(third, to: assignment, as: world.ana).code == "ASSIGNMENT_FILE_LIMIT")
            let path = "submissions/\(draft)/files/\(try world.id(of: wrong))"
            // Graders see no drafts.
            #expect(try await world.send("GET", path, as: world.teacher).code == "SUBMISSION_NOT_FOUND")
            #expect(try await world.send("DELETE", path, as: world.ana).status == 204)
            #expect(try await world.send("GET", path, as: world.ana).code == "SUBMISSION_FILE_NOT_FOUND")
            let right = try await world.attach(third, to: assignment, as: world.ana)
            #expect(right.json["position"]?.integer == 2 && right.json["submissionId"]?.text == draft)
            // The text is saved into the draft that a file began.
            let saved = try await world.save("See there.", of: assignment, as: world.ana)
            #expect(saved.json["id"]?.text == draft && saved.json["files"]?.array?.count == 2)
            let submitted = try await world.submit(draft, as: world.ana)
            #expect(submitted.json["files"]?[1]?["id"] == right.json["id"], "\(submitted.text)")
            let file = "submissions/\(draft)/files/\(try world.id(of: kept))"
            for reader in [world.ana, world.teacher] {
                let shown = try await world.show(draft, as: reader).json
                #expect(shown["files"]?.array?.compactMap { $0["name"]?.text } == ["Año 1.txt", "proof.txt"])
                let read = try await world.send("GET", file, as: reader)
                #expect(read.text == "Because." && read["content-type"] == "text/plain")
                #expect(read["content-disposition"] == "attachment; filename*=UTF-8''A%C3%B1o%201.txt")
                #expect(read["x-content-type-options"] == "nosniff")
                let part = try await world.send("GET", file, as: reader, fields: ["Range: bytes=2-4"])
                #expect(part.status == 206 && part.text == "cau" && part["content-range"] == "bytes 2-4/8")
                #expect(try await world.send("GET", file, as: reader, fields: ["Range: bytes=8-"]).status == 416)
            }
            // What was handed in stays.
            #expect(try await world.send("DELETE", file, as: world.ana).code == "SUBMISSION_HANDED_IN")
            let more = try await world.upload("More", as: world.ana)
            #expect(try await world.attach(more, to: assignment, as: world.ana).code == "NO_SUBMISSIONS_LEFT")
            #expect(try await world.submit(draft, as: world.ana).json["files"]?.array?.count == 2)
            let record = try await world.send("GET", "users/me/export", as: world.ana).json
            #expect(record["submissions"]?[0]?["files"]?[1]?["name"]?.text == "proof.txt")
        }
    }

    @Test func `another version has files of its own, and the first one keeps its own`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(Self.files + #","submissionLimit":2"#)
            var versions: [String] = []
            for text in ["One", "Two"] {
                let file = try await world.attach(
                    try await world.upload(text, as: world.ana),
                    to: assignment,
                    as: world.ana
                )
                let draft = try #require(file.json["submissionId"]?.text, "\(file.text)")
                #expect(try await world.submit(draft, as: world.ana).status == 200)
                let read = try await world.send(
                    "GET",
                    "submissions/\(draft)/files/\(try world.id(of: file))",
                    as: world.teacher
                )
                #expect(read.text == text)
                versions.append(draft)
            }
            #expect(Set(versions).count == 2)
            for version in versions {
                #expect(try await world.show(version, as: world.teacher).json["files"]?.array?.count == 1)
            }
        }
    }

    @Test func `what the assignment takes is told, and changed settings count when it is handed in`() async throws {
        try await AssignmentWorld.with { world in
            let text = try await world.assignment()
            let upload = try await world.upload(as: world.ana)
            #expect(try await world.attach(upload, to: text, as: world.ana).code == "ASSIGNMENT_TAKES_NO_FILES")
            let assignment = try await world.assignment(
                Self.files + #","fileTypes":["csv","txt"],"fileLimitInBytes":8"#
            )
            let shown = try await world.send("GET", "assignments/\(assignment)", as: world.ana).json
            #expect(shown["takes"]?.text == "files" && shown["fileTypes"] == .array(["csv", "txt"]))
            #expect(shown["fileLimit"]?.integer == 5 && shown["fileLimitInBytes"]?.integer == 8)
            #expect(try await world.save("So.", of: assignment, as: world.ana).code == "ASSIGNMENT_TAKES_NO_TEXT")
            let long = try await world.upload("Because so.", as: world.ana)
            let refused = try await world.attach(long, to: assignment, as: world.ana)
            #expect(refused.code == "ASSIGNMENT_FILE_TOO_LARGE" && refused.json["detail"]?.text?.contains("8") == true)
            let captions = try await world.upload("WEBVTT", named: "a.vtt", as: world.ana)
            #expect(try await world.attach(captions, to: assignment, as: world.ana).code == "ASSIGNMENT_FILE_TYPE")
            let empty = try world.id(of: try await world.save(" ", of: assignment, as: world.ana))
            #expect(try await world.submit(empty, as: world.ana).code == "SUBMISSION_EMPTY")
            #expect(try await world.attach(upload, to: assignment, as: world.ana).status == 201)
            let path = "assignments/\(assignment)"
            for (change, code) in [
                (#"{"fileTypes":["pdf"]}"#, "ASSIGNMENT_FILE_TYPE"),
                (#"{"fileTypes":[],"fileLimitInBytes":7}"#, "ASSIGNMENT_FILE_TOO_LARGE"),
                (#"{"takes":"text"}"#, "ASSIGNMENT_TAKES_NO_FILES"),
            ] {
                #expect(try await world.send("PATCH", path, as: world.teacher, change).status == 200)
                #expect(try await world.submit(empty, as: world.ana).code == code)
            }
            let eased = #"{"takes":"files","fileLimitInBytes":null}"#
            #expect(try await world.send("PATCH", path, as: world.teacher, eased).status == 200)
            #expect(try await world.submit(empty, as: world.ana).status == 200)
            for settings in [
                #"{"fileLimit":21}"#, #"{"fileLimit":0}"#, #"{"fileTypes":["svg"]}"#, #"{"fileTypes":["exe"]}"#,
                #"{"takes":"both"}"#, #"{"fileLimitInBytes":0}"#,
            ] {
                #expect(try await world.send("PATCH", path, as: world.teacher, settings).code == "VALIDATION_FAILED")
            }
        }
    }

    @Test func `files are as late as what they are handed in with, and taken while anything is`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(
                Self.files + #","dueAt":\#(world.date(in: 100)),"closesAt":\#(world.date(in: 200))"#
            )
            let (first, second) = (try await world.upload(as: world.ana), try await world.upload(as: world.ana))
            let attached = try await world.attach(first, to: assignment, as: world.ana)
            world.advance(by: 150)
            let draft = try #require(attached.json["submissionId"]?.text)
            #expect(try await world.submit(draft, as: world.ana).json["daysLate"]?.integer == 1)
            let benFile = try await world.upload(as: world.ben)
            world.advance(by: 60)
            #expect(try await world.attach(benFile, to: assignment, as: world.ben).code == "ASSIGNMENT_CLOSED")
            #expect(try await world.attach(second, to: assignment, as: world.ana).code == "ASSIGNMENT_CLOSED")
        }
    }

    @Test func `who grades blindly gets files under names that tell nobody whose they are`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(Self.files + #","isBlind":true,"release":"held""#)
            let upload = try await world.upload(named: "Ana's proof.txt", as: world.ana)
            let file = try await world.attach(upload, to: assignment, as: world.ana)
            let draft = try #require(file.json["submissionId"]?.text, "\(file.text)")
            #expect(try await world.submit(draft, as: world.ana).status == 200)
            let path = "submissions/\(draft)/files/\(try world.id(of: file))"
            let shown = try await world.show(draft, as: world.teacher)
            #expect(shown.json["files"]?[0]?["name"]?.text == "submission-1.txt" && !shown.text.contains("Ana"))
            let read = try await world.send("GET", path, as: world.teacher)
            #expect(read["content-disposition"] == "attachment; filename*=UTF-8''submission-1.txt")
            // There is no way around by the file's own path.
            let direct = try await world.send("GET", "files/\(try world.id(of: file))", as: world.teacher)
            #expect(direct.code == "FILE_NOT_FOUND")
            #expect(try await world.show(draft, as: world.ana).json["files"]?[0]?["name"]?.text == "Ana's proof.txt")
            _ = try await world.grade(draft, #"{"points":5}"#)
            _ = try await world.send("POST", "assignments/\(assignment)/release-grades", as: world.teacher)
            let released = try await world.show(draft, as: world.teacher).json
            #expect(released["files"]?[0]?["name"]?.text == "Ana's proof.txt")
        }
    }

    @Test func `attack: what is not mine to attach or to read is as if it never was`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(Self.files + #","submissionLimit":2"#)
            let mine = try await world.upload("Mine", as: world.ana)
            let unfinished = try await world.begin("Later", as: world.ana)
            let theirs = try await world.upload("Theirs", as: world.ben)
            let asset = try await world.upload("Asset", for: .courseAsset, as: world.ana)
            let never = try await world.attach(AssignmentWorld.never, to: assignment, as: world.ana)
            #expect(never.status == 404 && never.code == "UPLOAD_NOT_FOUND")
            func expectNever(_ upload: String, _ what: Comment) async throws {
                let reply = try await world.attach(upload, to: assignment, as: world.ana)
                #expect(reply.comparable == never.comparable, what)
            }
            try await expectNever(theirs, "another learner's")
            try await expectNever(asset, "of another use")
            #expect(try await world.attach(unfinished, to: assignment, as: world.ana).code == "UPLOAD_UNFINISHED")
            try await withTenant { abroad in
                let other = try await AssignmentWorld(abroad, host: world.host)
                try await expectNever(try await other.upload(as: other.ana), "of another tenant")
            }
            let file = try await world.attach(mine, to: assignment, as: world.ana)
            let (draft, id) = (try #require(file.json["submissionId"]?.text), try world.id(of: file))
            try await expectNever(mine, "attached before")
            #expect(try await world.attach(theirs, to: assignment, as: world.ben).status == 201)
            let other = try await world.assignment(Self.files)
            #expect(try await world.attach(mine, to: other, as: world.ana).code == "UPLOAD_NOT_FOUND")
            // Somebody else neither sees nor takes away what is in my draft, nor by a path of theirs.
            let benDraft = try await world.number("SELECT count(*) FROM submissions WHERE status = 'draft'")
            #expect(benDraft == 2)
            let own = try await world.send("GET", "assignments/\(assignment)/submissions/mine", as: world.ben).items
            let theirDraft = try #require(own.first?["id"]?.text)
            for method in ["GET", "DELETE"] {
                let foreign = try await world.send(method, "submissions/\(draft)/files/\(id)", as: world.ben)
                let unknown = try await world.send(
                    method,
                    "submissions/\(AssignmentWorld.never)/files/\(id)",
                    as: world.ben
                )
                #expect(foreign.code == "SUBMISSION_NOT_FOUND" && foreign.comparable == unknown.comparable)
                let wrong = try await world.send(method, "submissions/\(theirDraft)/files/\(id)", as: world.ben)
                let none = try await world.send(
                    method,
                    "submissions/\(theirDraft)/files/\(AssignmentWorld.never)",
                    as: world.ben
                )
                #expect(wrong.code == "SUBMISSION_FILE_NOT_FOUND" && wrong.comparable == none.comparable)
            }
            #expect(try await world.submit(draft, as: world.ana).json["files"]?.array?.count == 1)
            try await expectNever(mine, "handed in")
            #expect(try await world.send("GET", "submissions/\(draft)/files/\(id)", as: world.ben).status == 404)
            #expect(try await world.send("GET", "submissions/\(draft)/files/\(id)", as: nil).status == 401)
        }
    }

    @Test func `attack: one upload that is attached many times at once is in one place`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(Self.files)
            let upload = try await world.upload(as: world.ana)
            let created = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await world.attach(upload, to: assignment, as: world.ana).status == 201 }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(created == 1)
            #expect(try await world.number("SELECT count(*) FROM files WHERE submission_id IS NOT NULL") == 1)
        }
    }

    @Test func `attack: a file that somebody hands in gets into no lesson`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(Self.files)
            let file = try await world.attach(try await world.upload(as: world.ana), to: assignment, as: world.ana)
            let block = #"{"blocks":[{"kind":"file","fileId":"\#(try world.id(of: file))"}]}"#
            let never = #"{"blocks":[{"kind":"file","fileId":"\#(AssignmentWorld.never)"}]}"#
            let path = "courses/\(world.course)/lessons/\(world.lessons[0])/content"
            let refused = try await world.send("PUT", path, as: world.teacher, block)
            let unknown = try await world.send("PUT", path, as: world.teacher, never)
            #expect(refused.status >= 400 && refused.status == unknown.status && refused.code == unknown.code)
        }
    }

    @Test func `files go with who handed them in, and those that nobody handed in go after a week`() async throws {
        try await AssignmentWorld.with { world in
            let assignment = try await world.assignment(Self.files)
            let file = try await world.attach(try await world.upload(as: world.ana), to: assignment, as: world.ana)
            let draft = try #require(file.json["submissionId"]?.text)
            #expect(try await world.submit(draft, as: world.ana).status == 200)
            _ = try await world.upload("Forgotten", as: world.ben)
            let (uploads, clock) = (world.host.uploads, world.host.platform.clock.wall)
            func tidy() async throws -> Uploads.Tidied {
                try await uploads.tidy(world.tenant.id, tenants: world.tenant.tenants)
            }
            #expect(try await tidy().unattached == 0)
            world.advance(by: 8 * 86_400)
            #expect(try await tidy().unattached == 1)
            #expect(try await world.number("SELECT count(*) FROM files WHERE submission_id IS NOT NULL") == 1)
            #expect(try await world.number("SELECT count(*) FROM files") == 1)
            #expect(try await world.number("SELECT used_bytes FROM file_storage") == "Because.".utf8.count)
            let check = FileCheck(store: world.host.importer.store, clock: clock)
            #expect(try await check.run(reader: world.tenant.reader()).isSound)
            let receipt = try await world.tenant.transaction { session in
                let user = try #require(User.ID(world.ana.user))
                return try await world.host.platform.lms.users.erase(user, session: session)
            }
            let stores = receipt.stores.map { "\($0.table) \($0.rows) \($0.fate.rawValue)" }
            #expect(stores.contains("files 1 erased") && stores.contains("submissions 1 erased"))
            #expect(try await world.number("SELECT count(*) FROM files") == 0)
            #expect(try await world.number("SELECT used_bytes FROM file_storage") == 0)
            _ = try await tidy()
            #expect(try await check.run(reader: world.tenant.reader()).isSound)
        }
    }
}
