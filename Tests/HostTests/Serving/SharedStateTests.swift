// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSKit
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Two hosts that share a Redis, in one process: their clock stands still, so that nothing becomes known by waiting.
@Suite struct SharedStateTests {
    private struct Host {
        let host: PlatformHost
        let fixture: RedisFixture
        let signals: CommitSignals
    }

    private func host(_ clock: TestClock) async throws -> Host {
        let installation = try await TestInstallation.shared
        let fixture = try RedisFixture()
        let signals = CommitSignals(broadcast: RedisBroadcast(fixture.redis), installation: installation.prefix)
        let directory = installation.directory
        let tenants = Tenants(
            cells: [.main: installation.cell],
            knownPlacement: directory.knownPlacement(of:),
            committed: signals.committed,
            placement: { id throws(DatabaseError) in try await directory.find(id: id)?.placement }
        )
        let host = try await PlatformHost(tenants: tenants, clock: clock)
        let changes = host.platform.lms.standingChanges
        signals.onStandingChange { tenant in
            if let tenant { changes.forget(tenant) } else { changes.forgetAll() }
        }
        return Host(host: host, fixture: fixture, signals: signals)
    }

    private func status(_ host: Host, _ session: PlatformHost.Session, _ tenant: TestTenant) async throws -> Int {
        try await host.host.send("GET", "/api/v1/auth/me", to: tenant, token: session.access).status
    }

    @Test func `who signs out at one host is signed out at the other, which has just let them in`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let (here, there) = (try await host(clock), try await host(clock))
            let ada = try await here.host.register("ada", at: tenant)
            let eve = try await here.host.register("eve", at: tenant)
            // Both hosts have read what they may do, and the clock does not move: it would be good for ever.
            for session in [ada, eve] {
                #expect(try await status(here, session, tenant) == 200)
                #expect(try await status(there, session, tenant) == 200)
            }
            let reply = try await here.host.send(
                "POST",
                "/api/v1/auth/logout",
                to: tenant,
                token: ada.access,
                json: "{}"
            )
            #expect(reply.status == 204)
            #expect(try await status(here, ada, tenant) == 401)
            #expect(await there.fixture.eventually { (try? await status(there, ada, tenant)) == 401 })
            #expect(try await status(there, eve, tenant) == 200)
        }
    }

    @Test func `a host that nobody tells goes on with what it read, for less than a second`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            let (here, alone) = (try await host(clock), try await PlatformHost(clock: clock))
            let ada = try await here.host.register("ada", at: tenant)
            func status() async throws -> Int {
                try await alone.send("GET", "/api/v1/auth/me", to: tenant, token: ada.access).status
            }
            #expect(try await status() == 200)
            _ = try await here.host.send("POST", "/api/v1/auth/logout", to: tenant, token: ada.access, json: "{}")
            #expect(try await status() == 200)
            clock.advance(by: 1)
            #expect(try await status() == 401)
        }
    }

    @Test func `a change of a tenant at one host is read anew at the other, also a name that nobody had`() async throws
    {
        try await withTenant { tenant in
            let installation = try await TestInstallation.shared
            let (here, there) = (try RedisFixture(), try RedisFixture())
            let sender = CommitSignals(broadcast: RedisBroadcast(here.redis), installation: installation.prefix)
            let receiver = CommitSignals(broadcast: RedisBroadcast(there.redis), installation: installation.prefix)
            let directory = Directory(
                control: installation.control,
                installation: installation.prefix,
                timeToLive: .seconds(3_600)
            )
            receiver.onDirectoryChange { directory.forgetAll() }
            let administration = TenantAdministration(
                control: installation.control,
                installation: installation.prefix,
                schemaVersion: installation.migrations.latest,
                changed: sender.directoryChanged
            )
            let id = tenant.tenant.id
            let domain = "d\(UUID().uuidString.lowercased()).example.org"
            let before = try #require(await directory.find(id: id))
            #expect(try await directory.find(domain: domain) == nil)
            var changes = TenantSettingsChanges()
            changes.set("locale", \.locale, "es")
            _ = try await administration.change(changes, of: before)
            try await administration.setDomains([domain], of: id)
            let isKnown = await there.eventually { (try? await directory.find(domain: domain))?.id == id }
            #expect(isKnown)
            #expect(try await directory.find(id: id)?.settings.revision != before.settings.revision)
        }
    }
}
