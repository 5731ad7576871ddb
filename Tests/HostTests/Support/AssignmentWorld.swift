// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSTenancy

/// A course with work to hand in, over the routes: its teacher, two who have a place in it, and others.
struct AssignmentWorld: Sendable {
    private let learning: LearningWorld
    /// Ana's and Ben's places.
    let places: [String]

    var host: PlatformHost { learning.host }
    var tenant: TestTenant { learning.tenant }
    var course: Course.ID { learning.course }
    var lessons: [Lesson.ID] { learning.lessons }
    var teacher: PlatformHost.Session { learning.teacher }
    /// A learner.
    var ana: PlatformHost.Session { learning.student }
    /// Another learner.
    var ben: PlatformHost.Session { learning.other }
    var assignments: Assignments { host.platform.lms.assignments }
    var now: Date { host.platform.clock.wall.now() }

    /// What nobody ever got.
    static let never = "01890a5d-dead-774b-bcce-b302099a8057"

    init(_ tenant: TestTenant, host: PlatformHost? = nil) async throws {
        learning = try await LearningWorld(tenant, host: host)
        places = [try await learning.enroll(learning.student), try await learning.enroll(learning.other)]
    }

    static func with(_ body: (AssignmentWorld) async throws -> Void) async throws {
        try await withTenant { try await body(try await AssignmentWorld($0)) }
    }

    /// Sends a request to a path below `/api/v1`.
    func send(
        _ method: String,
        _ path: String,
        as session: PlatformHost.Session?,
        _ json: String? = nil,
        fields: [String] = []
    ) async throws -> TestReply {
        try await learning.send(method, "v1/\(path)", as: session, json, fields: fields)
    }

    func advance(by seconds: Double) { host.platform.clock.advance(by: seconds) }

    /// A date so many seconds from now, as JSON.
    func date(in seconds: Double) -> String { "\"\(now.addingTimeInterval(seconds).iso8601Milliseconds)\"" }

    /// Sets and publishes an assignment of ten points.
    ///
    /// - Parameters:
    ///   - settings: Members besides its title and its points, with a comma before.
    ///   - isPublished: Whether it is published.
    /// - Returns: Its identifier.
    /// - Throws: If it is refused.
    func assignment(_ settings: String = "", isPublished: Bool = true) async throws -> String {
        let json = #"{"title":"The third sheet","points":10\#(settings)}"#
        let id = try id(of: try await send("POST", "courses/\(course)/assignments", as: teacher, json))
        if isPublished {
            let published = try await send("POST", "assignments/\(id)/publish", as: teacher)
            #expect(published.status == 200, "\(published.text)")
        }
        return id
    }

    /// Writes a rubric of two criteria that give 4 and 6 points at most.
    func rubric() async throws -> String {
        try id(of: try await send("POST", "courses/\(course)/rubrics", as: teacher, Self.rubric))
    }

    static let rubric = """
        {"title":"Essays","criteria":[
          {"title":"Argument","levels":[{"title":"Missing","points":0},{"title":"Good","points":2.5},{"title":"Best","points":4}]},
          {"title":"Sources","levels":[{"title":"None","points":0},{"title":"All","points":6}]}]}
        """

    /// Saves a draft.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - assignment: The assignment.
    ///   - sequence: The number of the text.
    ///   - etag: What the draft was when it was read.
    ///   - session: Who saves.
    /// - Returns: The reply.
    /// - Throws: If there is none.
    func save(
        _ text: String,
        of assignment: String,
        _ sequence: Int = 1,
        ifMatch etag: String? = nil,
        as session: PlatformHost.Session
    ) async throws -> TestReply {
        try await send(
            "PUT",
            "assignments/\(assignment)/draft",
            as: session,
            #"{"text":"\#(text)","sequence":\#(sequence)}"#,
            fields: etag.map { ["If-Match: \($0)"] } ?? []
        )
    }

    /// Registers somebody, who takes a place in the course.
    func join(_ name: String) async throws -> PlatformHost.Session {
        let session = try await host.register(name, at: tenant)
        _ = try await learning.enroll(session)
        return session
    }

    /// Makes a set of groups.
    ///
    /// - Returns: Its identifier.
    /// - Throws: If it is refused.
    func groupSet() async throws -> String {
        try id(of: try await send("POST", "courses/\(course)/group-sets", as: teacher, #"{"title":"Laboratory"}"#))
    }

    /// Makes a group.
    func group(
        _ name: String,
        of members: [PlatformHost.Session],
        in set: String
    ) async throws -> TestReply {
        let users = members.map { "\"\($0.user)\"" }.joined(separator: ",")
        let json = #"{"name":"\#(name)","memberIds":[\#(users)]}"#
        return try await send("POST", "group-sets/\(set)/groups", as: teacher, json)
    }

    /// Begins to upload a text, of which nothing is sent.
    ///
    /// - Parameters:
    ///   - text: The content to come.
    ///   - name: The file's name.
    ///   - use: What it is for.
    ///   - session: Whose upload it is.
    /// - Returns: The upload.
    /// - Throws: If it is refused.
    func begin(
        _ text: String,
        named name: String = "proof.txt",
        for use: FileUpload.Use = .submission,
        as session: PlatformHost.Session
    ) async throws -> String {
        let (name, uploads) = (try #require(FileName(name)), host.uploads)
        let new = NewUpload(name, byteCount: text.utf8.count, for: use, in: course)
        return try await tenant.transaction(as: try uploader(session)) { session in
            try await uploads.begin(new, session: session).id.description
        }
    }

    /// Uploads a text and has it looked at; as `begin`.
    func upload(
        _ text: String = "Because.",
        named name: String = "proof.txt",
        for use: FileUpload.Use = .submission,
        as session: PlatformHost.Session
    ) async throws -> String {
        let begun = try await begin(text, named: name, for: use, as: session)
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
        return begun
    }

    /// Somebody who may upload for every use.
    private func uploader(_ session: PlatformHost.Session) throws -> Principal {
        Principal(.user(try #require(User.ID(session.user))), grants: BuiltInRole.owner.grants)
    }

    /// Attaches an upload to somebody's draft.
    func attach(
        _ upload: String,
        to assignment: String,
        as session: PlatformHost.Session
    ) async throws -> TestReply {
        try await send("POST", "assignments/\(assignment)/draft/files", as: session, #"{"uploadId":"\#(upload)"}"#)
    }

    func submit(_ submission: String, as session: PlatformHost.Session) async throws -> TestReply {
        try await send("POST", "submissions/\(submission)/submit", as: session)
    }

    /// Saves and hands in.
    ///
    /// - Returns: The submission's identifier.
    /// - Throws: If it is refused.
    func handIn(
        _ text: String = "Because.",
        of assignment: String,
        as session: PlatformHost.Session
    ) async throws -> String {
        let draft = try id(of: try await save(text, of: assignment, as: session))
        let submitted = try await submit(draft, as: session)
        #expect(submitted.status == 200, "\(submitted.text)")
        return draft
    }

    func grade(
        _ submission: String,
        _ json: String,
        as session: PlatformHost.Session? = nil,
        fields: [String] = []
    ) async throws -> TestReply {
        try await send("PUT", "submissions/\(submission)/grade", as: session ?? teacher, json, fields: fields)
    }

    func show(_ submission: String, as session: PlatformHost.Session) async throws -> TestReply {
        try await send("GET", "submissions/\(submission)", as: session)
    }

    func id(of reply: TestReply) throws -> String {
        guard let id = reply.json["id"]?.text else { throw TestFailure("\(reply.status) \(reply.text)") }
        return id
    }

    /// Does what the job of an assignment does.
    func remind(of assignment: String) async throws -> Date? {
        let id = try #require(Assignment.ID(assignment))
        return try await tenant.transaction(as: Principal(.system("assignments"), grants: Grants())) { session in
            try await assignments.remind(of: id, session: session)
        }
    }

    /// Does what the job of a submission does.
    func compare(_ submission: String) async throws {
        let id = try #require(Submission.ID(submission))
        try await tenant.transaction(as: Principal(.system("assignments"), grants: Grants())) { session in
            try await assignments.compare(id, session: session)
        }
    }

    /// How many events of a type there are.
    func count(of type: EventType) async throws -> Int {
        try await tenant.events().filter { try $0["type"] == type.name }.count
    }

    /// A number that a statement returns.
    func number(_ statement: SQL) async throws -> Int {
        try await tenant.transaction { session in try await session.execute(statement).only?[0] ?? -1 }
    }

    /// What the gradebook holds: score in millionths and status of each grade.
    func grades() async throws -> [String] {
        try await tenant.transaction { session in
            let rows = try await session.execute(
                "SELECT (score * 1000000)::bigint || ' ' || status FROM grades ORDER BY graded_at, 1"
            )
            return try rows.map { try $0[0] }
        }
    }
}
