// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization

@testable import LMSHost

/// The whole host on a socket, whose commits are told to those who watch.
struct LiveHost {
    let host: PlatformHost
    let server: HTTPServer
    private let group: EventLoopGroup
    private let signals: CommitSignals

    /// Starts it.
    ///
    /// - Parameters:
    ///   - broadcast: What it shares with others.
    ///   - clock: The time.
    ///   - settings: How much it does for those who watch.
    /// - Throws: If there is no installation.
    init(
        broadcast: any Broadcast = LocalBroadcast(),
        clock: TestClock = TestClock(),
        settings: LiveSettings = LiveSettings()
    ) async throws {
        let installation = try await TestInstallation.shared
        let signals = CommitSignals(broadcast: broadcast, installation: installation.prefix)
        let directory = installation.directory
        let tenants = Tenants(
            cells: [.main: installation.cell],
            committed: signals.committed,
            placement: { id throws(DatabaseError) in try await directory.find(id: id)?.placement }
        )
        let judge = Judge()
        let hub = LiveHub(settings: settings, broadcast: broadcast) { claims, tenants throws(DatabaseError) in
            try await judge.authenticator.withLock { $0 }?.standing(among: claims, tenants: tenants) ?? []
        }
        host = try await PlatformHost(
            tenants: tenants,
            clock: clock,
            live: hub
        )
        let authenticator = host.platform.lms.authenticator
        judge.authenticator.withLock { $0 = authenticator }
        signals.onStandingChange(hub.standingChanged)
        self.signals = signals
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        group = installation.loops
        server = HTTPServer(configuration: configuration, group: group, handler: host.pipeline.respond)
        try server.start()
    }

    /// Says which sign-ins stand, once the platform is there.
    private final class Judge: Sendable {
        let authenticator = Mutex<Authenticator?>(nil)
    }

    func stop() async {
        await server.shutdown(deadline: .seconds(5))
    }

    /// Tells somebody something.
    func tell(_ user: String, _ cause: String, at tenant: TestTenant, count: Int = 1) async throws {
        guard let user = User.ID(user) else { throw TestFailure("no user") }
        let tenants = host.pipeline.services.tenants
        for number in 1...count {
            try await tenants.transaction(for: tenant.id, as: Principal(.system("test"), grants: Grants())) { session in
                _ = try await host.platform.lms.notifications.notify(
                    [user],
                    NotificationDraft(.welcome, because: "\(cause)-\(number)"),
                    session: session
                )
            }
        }
    }

    /// Begins to listen.
    func listen(
        _ target: String = "/api/v1/notifications/stream",
        to tenant: TestTenant,
        token: String? = nil,
        fields: [String] = []
    ) async throws -> LiveClient {
        var lines = ["GET \(target) HTTP/1.1", "Host: \(tenant.tenant.slug).localhost:8080"] + fields
        if let token { lines.append("Authorization: Bearer \(token)") }
        let client = try await LiveClient.connect(server.port, on: group.next())
        await client.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        await client.wait { String(decoding: $0, as: UTF8.self).contains("\r\n\r\n") }
        return client
    }

    /// A ticket for streams.
    func ticket(_ token: String, at tenant: TestTenant) async throws -> String {
        let reply = try await host.send("POST", "/api/v1/notifications/stream-token", to: tenant, token: token)
        guard reply.status == 201, let text = reply.json["token"]?.text else {
            throw TestFailure("no ticket: \(reply.status) \(reply.text)")
        }
        return text
    }
}

/// What a stream sent: the positions of its notifications, and the last identifier.
struct StreamEvents {
    var positions: [Int] = []
    var names: [String] = []
    var lastID = 0

    /// Reads a chunked reply.
    init(_ bytes: [UInt8]) {
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if line.hasPrefix("id: ") { lastID = Int(line.dropFirst(4)) ?? -1 }
            if line.hasPrefix("event: ") { names.append(String(line.dropFirst(7))) }
            if line.hasPrefix("data: {"), names.last == "notification" { positions.append(lastID) }
        }
    }
}
