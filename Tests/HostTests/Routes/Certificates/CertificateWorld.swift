// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTestSupport
internal import Testing

@testable import LMSHost
@testable import LMSTenancy

/// A course whose completion is certified, over the routes: its teacher, two learners, an admin and somebody who teaches elsewhere.
struct CertificateWorld: Sendable {
    let learning: LearningWorld
    let admin: PlatformHost.Session
    let stranger: PlatformHost.Session

    var host: PlatformHost { learning.host }
    var tenant: TestTenant { learning.tenant }
    var student: PlatformHost.Session { learning.student }
    var other: PlatformHost.Session { learning.other }
    var teacher: PlatformHost.Session { learning.teacher }

    /// What nobody ever got.
    static let never = "01890a5d-dead-774b-bcce-b302099a8057"

    init(_ tenant: TestTenant, lessons: Int = 2, priceInCents: Int = 0, host: PlatformHost? = nil) async throws {
        learning = try await LearningWorld(tenant, lessons: lessons, priceInCents: priceInCents, host: host)
        admin = try await learning.host.member("admin", .admin, of: tenant)
        stranger = try await learning.host.member("stranger", .instructor, of: tenant)
        try await tenant.transaction { session in
            _ = try await session.execute("UPDATE users SET email_verified_at = created_at")
        }
    }

    /// Has it that somebody did not show that their address is theirs.
    func forgetProof(of session: PlatformHost.Session) async throws {
        let user = try #require(User.ID(session.user))
        try await tenant.transaction { transaction in
            _ = try await transaction.execute("UPDATE users SET email_verified_at = NULL WHERE id = \(user)")
        }
    }

    static func with(_ body: (CertificateWorld) async throws -> Void) async throws {
        try await withTenant { try await body(try await CertificateWorld($0)) }
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

    /// Takes a place in the course and completes its first lessons, all of them unless said.
    ///
    /// - Returns: The place.
    func complete(as session: PlatformHost.Session, _ count: Int? = nil) async throws -> String {
        let place = try await learning.enroll(session)
        for lesson in learning.lessons.prefix(count ?? learning.lessons.count) {
            let path = "enrollments/\(place)/lessons/\(lesson)/complete"
            #expect(try await send("POST", path, as: session).status == 200)
        }
        return place
    }

    /// Completes the course, has the certificate issued and drawn.
    ///
    /// - Returns: The certificate as its learner sees it.
    func certify(_ session: PlatformHost.Session) async throws -> JSONValue {
        _ = try await complete(as: session)
        try await handOn()
        try await prepare()
        return try #require(try await mine(session).first)
    }

    /// Somebody's certificates, the newest first.
    func mine(_ session: PlatformHost.Session) async throws -> [JSONValue] {
        try await send("GET", "certificates/mine", as: session).items
    }

    /// Hands everything that happened to what issues certificates, as often as it is called.
    func handOn() async throws {
        let consumer = host.platform.lms.certificates.consumer
        guard case .inTransaction(let react) = consumer.way else { throw TestFailure("it reacts outside") }
        let types = Set((consumer.types ?? []).map(\.name))
        for row in try await tenant.events() {
            let (type, payload): (String, JSONText) = (try row["type"], try row["payload"])
            guard types.contains(type) else { continue }
            let event = RecordedEvent(
                id: Event.ID(UUID()),
                position: 1,
                tenant: tenant.id,
                type: type,
                topic: EventType.enrollmentCompleted.topic.rawValue,
                version: 1,
                aggregate: try row["aggregate"],
                actor: try row["actor"],
                traceID: nil,
                payload: try JSONValue.parse(payload.bytes),
                occurredAt: host.platform.clock.wall.now(),
                isReplay: false
            )
            try await tenant.transaction(as: Principal(.system("certificates"), grants: Grants())) { session in
                try await react(event, session)
            }
        }
    }

    /// Does the queued work on certificates, that of certificates that are gone too.
    func prepare() async throws {
        let subjects: [UUID] = try await tenant.transaction { session in
            try await session.execute("SELECT subject FROM cell.tenant_jobs WHERE kind = 'certificate'").map { row in
                try row[0]
            }
        }
        for subject in subjects {
            try await host.platform.lms.certificates.prepare(
                Certificate.ID(subject),
                of: tenant.tenant,
                tenants: tenant.tenants
            )
        }
    }

    /// What the log has of certificates.
    func audited() async throws -> [String] {
        try await tenant.transaction { session in
            try await session.execute(
                "SELECT action FROM audit_events WHERE action LIKE 'certificate.%' ORDER BY occurred_at, action"
            ).map { try $0["action"] }
        }
    }

    /// Renames somebody, as they may.
    func rename(_ session: PlatformHost.Session, to name: String) async throws {
        let user = try #require(User.ID(session.user))
        try await tenant.transaction { transaction in
            _ = try await transaction.execute("UPDATE users SET display_name = \(name) WHERE id = \(user)")
        }
    }

    /// Revokes a certificate.
    func revoke(_ id: String, as session: PlatformHost.Session) async throws -> TestReply {
        let json = #"{"reason":"misconduct","note":"Copied the examination."}"#
        return try await send("POST", "certificates/\(id)/revoke", as: session, json)
    }
}

extension JSONValue {
    /// The identifier of an object.
    var certificateID: String { self["id"]?.text ?? "" }
    /// The number of a certificate.
    var certificateNumber: String { self["number"]?.text ?? "" }
}
