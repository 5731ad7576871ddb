// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Dispatch
internal import Foundation
internal import LMSEventLoop
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

/// Which driver of a port is tested.
enum Twin: String, Sendable, CaseIterable {
    case inProcess
    case redis
}

/// What a receiver was told.
final class Told: Sendable {
    private let messages = Mutex<[[UInt8]?]>([])
    private let arrivals: AsyncStream<Void>
    private let more: AsyncStream<Void>.Continuation

    init() {
        (arrivals, more) = AsyncStream.makeStream(of: Void.self)
    }

    var all: [[UInt8]] { messages.withLock { $0.compactMap(\.self) } }
    var gaps: Int { messages.withLock { $0.count(where: { $0 == nil }) } }

    func receive(_ message: [UInt8]?) {
        messages.withLock { $0.append(message) }
        more.yield()
    }

    /// Waits until it was told enough, for half a minute at most.
    func wait(until isDone: (Told) -> Bool) async {
        if isDone(self) { return }
        let deadline = ContinuousClock.now + .seconds(30)
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(30)) { self.more.yield() }
        for await _ in arrivals {
            if isDone(self) { return }
            if ContinuousClock.now >= deadline { break }
        }
        Issue.record("told only \(all) and \(gaps) gaps")
    }
}

@Suite struct BroadcastConformanceTests {
    private func make(_ twin: Twin) throws -> (any Broadcast, RedisFixture?) {
        switch twin {
        case .inProcess: return (LocalBroadcast(), nil)
        case .redis:
            let fixture = try RedisFixture()
            return (RedisBroadcast(fixture.redis), fixture)
        }
    }

    private func channel(_ name: String, _ tenant: TenantID = .unused()) -> BroadcastChannel {
        BroadcastChannel(TenantCacheKey(tenant, .channel, name))
    }

    @Test(arguments: Twin.allCases)
    func `a message reaches the receivers of its channel in this process before publishing returns`(twin: Twin) throws {
        let (broadcast, fixture) = try make(twin)
        let (heard, other) = (Told(), Told())
        let channel = channel("a")
        let first = broadcast.subscribe(to: channel, heard.receive)
        let second = broadcast.subscribe(to: self.channel("b"), other.receive)
        broadcast.publish([1, 2, 3], on: channel)
        #expect(heard.all == [[1, 2, 3]])
        #expect(other.all.isEmpty)
        withExtendedLifetime((first, second, fixture)) {}
    }

    @Test(arguments: Twin.allCases)
    func `a message is told to each receiver once`(twin: Twin) async throws {
        let (broadcast, fixture) = try make(twin)
        let (one, two) = (Told(), Told())
        let channel = channel("a")
        let subscriptions = [
            broadcast.subscribe(to: channel, one.receive), broadcast.subscribe(to: channel, two.receive),
        ]
        if twin == .redis { await one.wait { $0.gaps > 0 } }
        for number in 0..<50 { broadcast.publish([UInt8(number)], on: channel) }
        // Behind all of them on the same connection, so that an echo would have come.
        if let fixture { _ = try await fixture.redis.send(RedisCommand("PING")) }
        #expect(one.all == (0..<50).map { [UInt8($0)] })
        #expect(two.all == one.all)
        withExtendedLifetime((subscriptions, fixture)) {}
    }

    @Test(arguments: Twin.allCases)
    func `nothing is told after a subscription is let go, nor before it began`(twin: Twin) throws {
        let (broadcast, fixture) = try make(twin)
        let told = Told()
        let channel = channel("a")
        broadcast.publish([1], on: channel)
        var subscription: BroadcastSubscription? = broadcast.subscribe(to: channel, told.receive)
        broadcast.publish([2], on: channel)
        subscription = nil
        broadcast.publish([3], on: channel)
        #expect(told.all == [[2]])
        withExtendedLifetime((subscription, fixture)) {}
    }

    @Test(arguments: Twin.allCases)
    func `a message of more than 8 KB is lost`(twin: Twin) throws {
        let (broadcast, fixture) = try make(twin)
        let told = Told()
        let channel = channel("a")
        let subscription = broadcast.subscribe(to: channel, told.receive)
        broadcast.publish(Array(repeating: 0, count: 8_193), on: channel)
        broadcast.publish(Array(repeating: 0, count: 8_192), on: channel)
        #expect(told.all.map(\.count) == [8_192])
        withExtendedLifetime((subscription, fixture)) {}
    }

    @Test(arguments: Twin.allCases)
    func `attack: a channel of another tenant is not heard, however it is named`(twin: Twin) throws {
        let (broadcast, fixture) = try make(twin)
        let (mine, other) = (TenantID.unused(), TenantID.unused())
        let told = Told()
        let subscriptions = ["*", "[^x]", "}:channel:x", "{\(other)}:channel:x", "\r\nPSUBSCRIBE *\r\n"].map {
            broadcast.subscribe(to: channel($0, mine), told.receive)
        }
        broadcast.publish([1], on: channel("x", other))
        #expect(told.all.isEmpty)
        withExtendedLifetime((subscriptions, fixture)) {}
    }
}

@Suite struct RedisBroadcastTests {
    private let channel = BroadcastChannel(TenantCacheKey(.unused(), .channel, "news"))

    @Test func `a message reaches another process, once and whole`() async throws {
        let (here, there) = (try RedisFixture(), try RedisFixture())
        let (sender, listener) = (RedisBroadcast(here.redis), RedisBroadcast(there.redis))
        let told = Told()
        let subscription = listener.subscribe(to: channel, told.receive)
        await told.wait { $0.gaps > 0 }
        let message = (0...255).map { UInt8($0) }
        for _ in 0..<3 { sender.publish(message, on: channel) }
        await told.wait { $0.all.count == 3 }
        #expect(told.all == [message, message, message])
        withExtendedLifetime(subscription) {}
    }

    @Test func `receivers learn after a broken connection that some may have been lost, and then hear again`()
        async throws
    {
        let server = try RedisServer()
        let (here, there) = (try RedisFixture(server.url), try RedisFixture(server.url))
        let (sender, listener) = (RedisBroadcast(here.redis), RedisBroadcast(there.redis))
        let told = Told()
        let subscription = listener.subscribe(to: channel, told.receive)
        await told.wait { $0.gaps > 0 }
        let gaps = told.gaps
        server.stop()
        sender.publish([1], on: channel)
        try server.start()
        await told.wait { $0.gaps > gaps }
        let isHeard = await here.eventually {
            sender.publish([2], on: channel)
            return told.all.contains([2])
        }
        #expect(isHeard)
        #expect(!told.all.contains([1]))
        withExtendedLifetime(subscription) {}
    }

    @Test func `a server that hangs is noticed by the listener, who connects anew`() async throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(server.url) {
            $0.pingInterval = .milliseconds(50)
            $0.connectTimeout = .milliseconds(100)
        }
        let broadcast = RedisBroadcast(fixture.redis)
        let told = Told()
        let subscription = broadcast.subscribe(to: channel, told.receive)
        await told.wait { $0.gaps > 0 }
        server.pause()
        // It may have had to connect anew before, on a busy machine.
        let gaps = told.gaps
        // Longer than the interval of the pings: the pause is what is tested.
        try await fixture.loops.loops[0].sleep(for: .milliseconds(300))
        server.resume()
        await told.wait { $0.gaps > gaps }
        withExtendedLifetime(subscription) {}
    }

    @Test func `this process is told while there is no Redis`() throws {
        let fixture = try RedisFixture("redis://127.0.0.1:1")
        let broadcast = RedisBroadcast(fixture.redis)
        let told = Told()
        let subscription = broadcast.subscribe(to: channel, told.receive)
        broadcast.publish([7], on: channel)
        #expect(told.all == [[7]])
        withExtendedLifetime(subscription) {}
    }
}
