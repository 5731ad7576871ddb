// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// A push service that fails is left alone for a while.
@Suite struct PushBreakerTests {
    @Test func `one that fails is given up for a while, without an attempt, and others are not`() async throws {
        try await withTwoTenants { tenant, other in
            let world = try await PushShop(tenant)
            let (down, up) = ("down.example.net", "up.example.net")
            let ada = try await world.host.register("ada", at: tenant)
            let bob = try await world.host.register("bob", at: other)
            try await world.browser(of: ada, at: tenant, down)
            try await world.browser(of: ada, at: tenant, up)
            try await world.browser(of: bob, at: other, down)
            world.services.set(down: [down])

            for _ in 0..<JobBreakers.threshold { try await world.notify(ada, at: tenant) }
            try await world.work(world.shop)
            #expect(world.services.calls(of: down) == 5 && world.services.calls(of: up) == 5)

            // The next one is brought to the other device, and waits for this one.
            try await world.notify(ada, at: tenant)
            try await world.work(world.shop)
            #expect(world.services.calls(of: down) == 5 && world.services.calls(of: up) == 6)
            let newest = try #require(try await world.shop.all(of: .push).first)
            #expect(newest.attempts == 0 && newest.state == .scheduled && newest.failure == "service unavailable")
            #expect(try await world.last() == ("pending", ["sent"]))

            // What one tenant knows of a service is not another's.
            try await world.notify(bob, at: other)
            try await world.work(JobShop(other))
            #expect(world.services.calls(of: down) == 6)

            // One that is allowed to try finds it back.
            world.services.set(down: [])
            world.shop.clock.advance(by: 600)
            try await world.work(world.shop)
            world.shop.clock.advance(by: 600)
            try await world.work(world.shop)
            #expect(try await world.shop.all(of: .push).isEmpty)
            #expect(world.services.calls(of: up) == 6)
            #expect(try await world.last() == ("sent", ["sent", "sent"]))
        }
    }

    @Test func `what goes wrong before a service is called says nothing of it`() async throws {
        try await withTenant { tenant in
            let world = try await PushShop(tenant)
            let shop = world.shop
            // No client: every message ends before it leaves.
            let host = try await PlatformHost(clock: shop.clock)
            let ada = try await host.register("ada", at: tenant)
            try await world.browser(of: ada, at: tenant, "never.example.net")
            for _ in 0..<(JobBreakers.threshold + 1) { try await world.notify(ada, at: tenant) }
            let breakers = JobBreakers(cell: tenant.installation.control, installation: tenant.installation.prefix)
            let pusher = PushDelivery(host.platform.lms, tenants: tenant.tenants, breakers: breakers)
            try await shop.runner(.push) { job in
                JobOutcome(try await pusher.deliver(job.subject, of: tenant.tenant))
            }.runOnce()
            #expect(try await shop.all(of: .push).map(\.failure) == Array(repeating: "not_built", count: 6))
            #expect(try await breakers.admit(to: "push never.example.net", for: tenant.id) == .call(isSound: true))
        }
    }
}
