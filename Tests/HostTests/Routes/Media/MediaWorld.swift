// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSKit

/// A course with a video in its first lesson, over the routes: its teacher, two learners, and somebody who teaches elsewhere.
struct MediaWorld: Sendable {
    let learning: LearningWorld
    let stranger: PlatformHost.Session
    let file: StoredFile.ID

    var host: PlatformHost { learning.host }
    var tenant: TestTenant { learning.tenant }
    var teacher: PlatformHost.Session { learning.teacher }
    var student: PlatformHost.Session { learning.student }
    var other: PlatformHost.Session { learning.other }
    var lesson: Lesson.ID { learning.lessons[0] }
    var media: Media { host.platform.lms.media }

    /// What nobody ever got.
    static let never = "01890a5d-dead-774b-bcce-b302099a8057"

    init(
        _ tenant: TestTenant,
        file bytes: [UInt8] = PlainWorkshop.file,
        priceInCents: Int = 0,
        host: PlatformHost? = nil
    ) async throws {
        learning = try await LearningWorld(tenant, lessons: 1, priceInCents: priceInCents, host: host)
        stranger = try await learning.host.member("stranger", .instructor, of: tenant)
        file = try await learning.host.storeFile(bytes, in: learning.course, of: tenant)
    }

    static func with(_ body: (MediaWorld) async throws -> Void) async throws {
        try await withTenant { try await body(try await MediaWorld($0)) }
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

    /// Has the medium created, and not made.
    func create() async throws -> String {
        let json = #"{"fileId":"\#(file)","title":"Introduction"}"#
        let reply = try await send("POST", "lessons/\(lesson)/media", as: teacher, json)
        #expect(reply.status == 201, "\(reply.text)")
        return try #require(reply.json["id"]?.text)
    }

    /// Has another medium created in the same lesson, of which half is to be watched, and made.
    func second() async throws -> String {
        let file = try await host.storeFile(PlainWorkshop.file, in: learning.course, of: tenant)
        let json = #"{"fileId":"\#(file)","title":"Second","completionPercentage":50}"#
        let reply = try await send("POST", "lessons/\(lesson)/media", as: teacher, json)
        let id = try #require(reply.json["id"]?.text)
        #expect(try await make(id) == .finished)
        return id
    }

    /// Has the medium created and made.
    func made() async throws -> String {
        let id = try await create()
        #expect(try await make(id) == .finished)
        return id
    }

    /// Does the work of the job.
    func make(_ id: String, attempt: Int = 1, _ media: Media? = nil) async throws -> Media.Outcome {
        let media = media ?? self.media
        let medium = try #require(MediaItem.ID(id))
        return try await media.make(medium, of: tenant.id, attempt: attempt, tenants: tenant.tenants) { _, _ in }
    }

    /// The medium as its author sees it.
    func shown(_ id: String) async throws -> JSONValue {
        try await send("GET", "media/\(id)", as: teacher).json
    }

    /// A token that plays the medium.
    func token(_ id: String, as session: PlatformHost.Session) async throws -> String {
        let reply = try await send("POST", "media/\(id)/playback", as: session)
        #expect(reply.status == 200, "\(reply.text)")
        return try #require(reply.json["token"]?.text)
    }

    /// Watches a medium from its start, in beats of 50 s.
    func watch(_ id: String, to end: Int, as session: PlatformHost.Session) async throws {
        _ = try await beat(id, "play", 0, 1, as: session)
        for position in stride(from: 50, through: end, by: 50) {
            host.platform.clock.advance(by: 50)
            let reply = try await beat(id, "heartbeat", position, 1 + position, as: session)
            #expect(reply.status == 200, "\(reply.text)")
        }
    }

    /// Whether somebody completed the lesson.
    func isCompleted(by session: PlatformHost.Session) async throws -> Bool {
        let (user, lesson) = (try #require(User.ID(session.user)), lesson)
        let rows = try await tenant.transaction { transaction in
            try await transaction.execute(
                """
                SELECT p.completed_at IS NOT NULL FROM enrollments e JOIN lesson_progress p ON p.enrollment_id = e.id
                WHERE e.user_id = \(user) AND p.lesson_id = \(lesson)
                """
            )
        }
        return try rows.only?[0] ?? false
    }

    /// What a player says.
    func beat(
        _ id: String,
        _ event: String,
        _ position: Int,
        _ sequence: Int,
        player: String = "player-1",
        as session: PlatformHost.Session
    ) async throws -> TestReply {
        let json =
            #"{"player":"\#(player)","sequence":\#(sequence),"event":"\#(event)","positionSeconds":\#(position)}"#
        return try await send("POST", "media/\(id)/events", as: session, json)
    }
}
