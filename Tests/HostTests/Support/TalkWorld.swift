// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost
@testable import LMSTenancy

/// What is said in a course, over the routes: by its teacher, by two who have a place in it, and by others.
struct TalkWorld: Sendable {
    private let learning: LearningWorld
    private let handed = Handed()

    var host: PlatformHost { learning.host }
    var tenant: TestTenant { learning.tenant }
    var course: Course.ID { learning.course }
    var teacher: PlatformHost.Session { learning.teacher }
    /// A learner.
    var asker: PlatformHost.Session { learning.student }
    /// Another learner.
    var helper: PlatformHost.Session { learning.other }

    /// What nobody ever got.
    static let never = "01890a5d-dead-774b-bcce-b302099a8057"

    /// How many of the recorded events were handed on.
    private final class Handed: Sendable {
        let count = Mutex(0)
    }

    init(_ tenant: TestTenant, host: PlatformHost? = nil) async throws {
        learning = try await LearningWorld(tenant, host: host)
        _ = try await learning.enroll(asker)
        _ = try await learning.enroll(helper)
    }

    static func with(_ body: (TalkWorld) async throws -> Void) async throws {
        try await withTenant { try await body(try await TalkWorld($0)) }
    }

    /// Sends a request to a path below `/api/v1`.
    func send(
        _ method: String,
        _ path: String,
        as session: PlatformHost.Session,
        _ json: String? = nil,
        fields: [String] = []
    ) async throws -> TestReply {
        try await learning.send(method, "v1/\(path)", as: session, json, fields: fields)
    }

    /// Somebody else with a place in the course.
    func learner(_ name: String) async throws -> PlatformHost.Session {
        let session = try await host.register(name, at: tenant)
        _ = try await learning.enroll(session)
        return session
    }

    /// A course of somebody else's in the same tenant, in which nobody has a place.
    func elsewhere(_ status: Course.Status = .published) async throws -> (
        course: Course.ID, teacher: PlatformHost.Session
    ) {
        let teacher = try await host.member("elsewhere", .instructor, of: tenant)
        var changes = CourseChanges()
        changes.instructors = .set([try #require(User.ID(teacher.user))])
        let (new, courses) = (NewCourse(title: "Chemistry", changes: changes), host.platform.lms.courses)
        let course = try await tenant.transaction { session in
            let course = try await courses.create(new, session: session).id
            if status != .draft { _ = try await courses.setStatus(status, of: course, session: session) }
            return course
        }
        return (course, teacher)
    }

    /// Changes the status of the course.
    func set(_ status: Course.Status) async throws {
        let (course, courses) = (course, host.platform.lms.courses)
        try await tenant.transaction { session in
            _ = try await courses.setStatus(status, of: course, session: session)
        }
    }

    /// Opens a thread.
    ///
    /// - Returns: Its identifier.
    func open(
        _ body: String = "How does the second proof go?",
        _ kind: String = "question",
        as session: PlatformHost.Session,
        in course: Course.ID? = nil
    ) async throws -> String {
        let json = #"{"kind":"\#(kind)","title":"About proofs","body":"\#(body)"}"#
        return try id(of: try await send("POST", "courses/\(course ?? self.course)/threads", as: session, json))
    }

    /// Writes in a thread.
    func reply(
        _ body: String = "By induction.",
        in thread: String,
        answering parent: String? = nil,
        as session: PlatformHost.Session
    ) async throws -> TestReply {
        let parent = parent.map { #","parentId":"\#($0)""# } ?? ""
        return try await send("POST", "threads/\(thread)/posts", as: session, #"{"body":"\#(body)"\#(parent)}"#)
    }

    /// The posts of a thread as somebody sees them.
    func posts(of thread: String, as session: PlatformHost.Session, _ query: String = "limit=100") async throws
        -> [JSONValue]
    {
        try await send("GET", "threads/\(thread)/posts?\(query)", as: session).items
    }

    /// A thread as somebody sees it.
    func thread(_ id: String, as session: PlatformHost.Session) async throws -> JSONValue {
        try await send("GET", "threads/\(id)", as: session).json
    }

    /// The identifier of the post that opens a thread.
    func question(of thread: String) async throws -> String {
        let first = try await posts(of: thread, as: teacher, "limit=1").first
        return try #require(first?["id"]?.text)
    }

    func id(of reply: TestReply) throws -> String {
        guard let id = reply.json["id"]?.text else { throw TestFailure("\(reply.status) \(reply.text)") }
        return id
    }

    /// Does something many times at once.
    func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) async throws -> TestReply) async throws -> [TestReply] {
        try await withThrowingTaskGroup(of: TestReply.self) { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Hands what happened since the last time to what tells people of it, in the order in which it happened.
    func handOn() async throws {
        let consumer = host.platform.lms.notifications.consumer
        guard case .inTransaction(let react) = consumer.way else { throw TestFailure("it reacts outside") }
        // What is told of places and courses has tests of its own.
        let known = Set((consumer.types ?? []).filter { $0.topic == EventType.messageSent.topic }.map(\.name))
        let rows = Array(try await tenant.events())
        let start = handed.count.withLock { count in
            defer { count = rows.count }
            return count
        }
        for row in rows.dropFirst(start) {
            let (type, payload): (String, JSONText) = (try row["type"], try row["payload"])
            guard known.contains(type) else { continue }
            let event = RecordedEvent(
                id: Event.ID(UUID()),
                position: 1,
                tenant: tenant.id,
                type: type,
                topic: EventType.messageSent.topic.rawValue,
                version: 1,
                aggregate: try row["aggregate"],
                actor: try row["actor"],
                traceID: nil,
                payload: try JSONValue.parse(payload.bytes),
                occurredAt: host.platform.clock.wall.now(),
                isReplay: false
            )
            try await tenant.transaction(as: Principal(.system("notifications"), grants: Grants())) { session in
                try await react(event, session)
            }
        }
    }

    /// Of what somebody was told because of what was said, the oldest first.
    func told(_ session: PlatformHost.Session) async throws -> [String] {
        try await handOn()
        let kinds = ["answer", "mention", "message", "reply"]
        let items = try await send("GET", "notifications?limit=100", as: session).items
        return items.reversed().compactMap { $0["type"]?.text }.filter(kinds.contains)
    }

    /// What the audit log has of moderators.
    func audited() async throws -> [String] {
        try await tenant.transaction { session in
            try await session.execute(
                """
                SELECT action FROM audit_events
                WHERE split_part(action, '.', 1) IN ('report', 'post', 'thread', 'message', 'discussion') ORDER BY action
                """
            ).map { try $0["action"] }
        }
    }
}

extension TalkWorld {
    /// Begins a conversation.
    ///
    /// - Returns: Its identifier.
    func begin(
        with others: [PlatformHost.Session],
        as writer: PlatformHost.Session,
        _ body: String = "May I hand it in on Monday?"
    ) async throws -> String {
        let users = others.map { #""\#($0.user)""# }.joined(separator: ",")
        return try id(
            of: try await send("POST", "conversations", as: writer, #"{"userIds":[\#(users)],"body":"\#(body)"}"#)
        )
    }

    /// Writes in a conversation.
    func write(_ body: String = "On Tuesday.", in id: String, as writer: PlatformHost.Session) async throws -> TestReply
    {
        try await send("POST", "conversations/\(id)/messages", as: writer, #"{"body":"\#(body)"}"#)
    }
}
