// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSEventLoop
internal import LMSTenancy
internal import Synchronization
internal import Testing

@testable internal import LMSHost

@Suite struct CommitSignalsTests {
    private let broadcast = LocalBroadcast()
    private let tenant = TenantID(UUID())

    @Test func `a commit with work wakes the runners of every process, and nobody else`() throws {
        let (here, elsewhere) = (try signals(), try signals())
        let woken = Tally()
        here.onCommit(of: .jobs) { woken.count("here") }
        here.onCommit(of: .events) { woken.count("events") }
        elsewhere.onCommit(of: .jobs) { woken.count("elsewhere") }
        here.committed(tenant, [.jobs])
        #expect(woken.all == ["here": 1, "elsewhere": 1])
    }

    @Test func `a hint that may have been lost wakes as one that came`() throws {
        let quiet = QuietBroadcast()
        let here = CommitSignals(broadcast: quiet, installation: try #require(InstallationPrefix("lms")))
        let woken = Tally()
        here.onCommit(of: .jobs) { woken.count("here") }
        quiet.tellAll(nil)
        #expect(woken.all == ["here": 1])
    }

    @Test func `a burst of commits in one turn of a loop is one hint`() async throws {
        let (here, elsewhere) = (try signals(), try signals())
        let woken = Tally()
        let tenant = tenant
        let group = try EventLoopGroup(count: 1, name: "signals")
        defer { group.stop() }
        let (hints, end) = AsyncStream.makeStream(of: Void.self)
        elsewhere.onCommit(of: .jobs) {
            woken.count("elsewhere")
            end.yield()
        }
        group.loops[0].execute { for _ in 0..<100 { here.committed(tenant, [.jobs]) } }
        for await _ in hints { break }
        #expect(woken.all == ["elsewhere": 1])
    }

    @Test func `news reaches those who watch that thing of that tenant`() throws {
        let here = try signals()
        let watched = UUID()
        let told = Tally()
        let subscriptions = [
            broadcast.subscribe(to: .news(of: watched, at: tenant)) { _ in told.count("watched") },
            broadcast.subscribe(to: .news(of: watched, at: TenantID(UUID()))) { _ in told.count("another tenant") },
            broadcast.subscribe(to: .news(of: UUID(), at: tenant)) { _ in told.count("another thing") },
        ]
        here.committed(tenant, [.news(of: watched)])
        withExtendedLifetime(subscriptions) { #expect(told.all == ["watched": 1]) }
    }

    private func signals() throws -> CommitSignals {
        CommitSignals(broadcast: broadcast, installation: try #require(InstallationPrefix("lms")))
    }
}

/// Counts what happened.
private final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func count(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
    var all: [String: Int] { counts.withLock { $0 } }
}

/// A broadcast that says only what a test lets it say.
private final class QuietBroadcast: Broadcast {
    private let receivers = Mutex<[@Sendable ([UInt8]?) -> Void]>([])

    func publish(_ message: [UInt8], on channel: BroadcastChannel) {}

    func subscribe(
        to channel: BroadcastChannel,
        _ receive: @escaping @Sendable ([UInt8]?) -> Void
    ) -> BroadcastSubscription {
        receivers.withLock { $0.append(receive) }
        return BroadcastSubscription {}
    }

    func tellAll(_ message: [UInt8]?) {
        for receive in receivers.withLock({ $0 }) { receive(message) }
    }
}
