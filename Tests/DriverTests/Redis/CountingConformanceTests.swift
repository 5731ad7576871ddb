// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSOpenSSLDriver
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@Suite struct SharedBucketsConformanceTests {
    private func make(_ twin: Twin) async throws -> (any SharedBuckets, RedisFixture?) {
        switch twin {
        case .inProcess: return (LocalBuckets(), nil)
        case .redis:
            let fixture = try RedisFixture()
            return (RedisBuckets(fixture.redis, installation: try await TestInstallation.shared.prefix), fixture)
        }
    }

    @Test(arguments: Twin.allCases)
    func `what several take of a bucket adds up, and time makes it good`(twin: Twin) async throws {
        let (buckets, fixture) = try await make(twin)
        let owner = BucketOwner.tenant(.unused())
        let share = BucketShare(name: "a", cost: .seconds(10))
        _ = await buckets.settle([share], of: owner)
        let debts = try #require(
            await buckets.settle([share, BucketShare(name: "b", cost: .milliseconds(20))], of: owner)
        )
        #expect(debts.count == 2)
        #expect(debts[0] > .seconds(15) && debts[0] <= .seconds(20))
        #expect(debts[1] > .zero && debts[1] <= .milliseconds(20))
        let waiting = try RedisFixture()
        let isFull = await waiting.eventually {
            await buckets.settle([BucketShare(name: "b", cost: .zero)], of: owner) == [.zero]
        }
        #expect(isFull)
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `attack: a bucket of one tenant is no bucket of another or of the installation`(twin: Twin) async throws {
        let (buckets, fixture) = try await make(twin)
        let (mine, other) = (TenantID.unused(), TenantID.unused())
        _ = await buckets.settle([BucketShare(name: "a", cost: .seconds(30))], of: .tenant(other))
        for name in ["a", "}:rate:a", "{\(other)}:rate:a"] {
            let probe = BucketShare(name: name, cost: .zero)
            #expect(await buckets.settle([probe], of: .tenant(mine)) == [.zero])
            #expect(await buckets.settle([probe], of: .installation) == [.zero])
        }
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `no bucket is longer empty than an hour, whatever was taken`(twin: Twin) async throws {
        let (buckets, fixture) = try await make(twin)
        let owner = BucketOwner.tenant(.unused())
        let debts = await buckets.settle([BucketShare(name: "a", cost: .seconds(1_000_000))], of: owner)
        #expect(debts.map { $0[0] <= .seconds(3_600) } == true)
        withExtendedLifetime(fixture) {}
    }

    @Test func `buckets whose Redis is down know nothing`() async throws {
        let fixture = try RedisFixture("redis://127.0.0.1:1")
        let buckets = RedisBuckets(fixture.redis, installation: try await TestInstallation.shared.prefix)
        #expect(await buckets.settle([BucketShare(name: "a", cost: .seconds(1))], of: .installation) == nil)
    }
}

@Suite struct AttemptLedgerConformanceTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func make(_ twin: Twin) throws -> (any AttemptLedger, RedisFixture?) {
        switch twin {
        case .inProcess: return (LocalAttempts(), nil)
        case .redis:
            let fixture = try RedisFixture()
            let secret = Secret(Array("a secret of the tests".utf8))
            return (RedisAttempts(fixture.redis, cryptography: try OpenSSLCryptography(), secret: secret), fixture)
        }
    }

    private func subject(
        _ name: String,
        at tenant: TenantID,
        longest: TimeInterval = 900,
        _ success: AttemptSubject.Success = .forgetsAll
    ) -> AttemptSubject {
        AttemptSubject(tenant: tenant, name: name, allowance: 3, longestWait: longest, success: success)
    }

    @Test(arguments: Twin.allCases)
    func `after the free attempts each one waits twice as long, up to the longest wait`(twin: Twin) async throws {
        let (ledger, fixture) = try make(twin)
        let subjects = [subject("ada", at: .unused(), longest: 10)]
        var now = start
        var waits: [TimeInterval] = []
        for _ in 0..<3 { #expect(await ledger.attempt(subjects, now: now) == 0) }
        for _ in 0..<6 {
            let wait = try #require(await ledger.attempt(subjects, now: now))
            waits.append(wait)
            now = now.addingTimeInterval(wait)
            #expect(await ledger.attempt(subjects, now: now) == 0)
        }
        #expect(waits == [1, 2, 4, 8, 10, 10])
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `an attempt that must wait for one subject counts for none`(twin: Twin) async throws {
        let (ledger, fixture) = try make(twin)
        let tenant = TenantID.unused()
        let (tried, fresh) = (subject("tried", at: tenant), subject("fresh", at: tenant))
        for _ in 0..<3 { #expect(await ledger.attempt([tried], now: start) == 0) }
        for _ in 0..<10 { #expect((await ledger.attempt([tried, fresh], now: start) ?? 0) > 0) }
        for _ in 0..<3 { #expect(await ledger.attempt([fresh], now: start) == 0) }
        #expect((await ledger.attempt([fresh], now: start) ?? 0) > 0)
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `a good attempt forgets the account's from there and takes itself back elsewhere`(twin: Twin) async throws {
        let (ledger, fixture) = try make(twin)
        let tenant = TenantID.unused()
        let pair = subject("pair", at: tenant)
        let account = subject("account", at: tenant, .takesBackOne)
        for _ in 0..<2 { _ = await ledger.attempt([pair, account], now: start) }
        await ledger.succeed([pair, account])
        #expect(await ledger.attempt([pair, account], now: start) == 0)
        #expect(await ledger.attempt([account], now: start) == 0)
        #expect((await ledger.attempt([account], now: start) ?? 0) > 0)
        #expect(await ledger.attempt([pair], now: start) == 0)
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `attempts are forgotten after a quarter of an hour`(twin: Twin) async throws {
        let (ledger, fixture) = try make(twin)
        let subjects = [subject("ada", at: .unused())]
        for _ in 0..<3 { _ = await ledger.attempt(subjects, now: start) }
        #expect((await ledger.attempt(subjects, now: start) ?? 0) > 0)
        let later = start.addingTimeInterval(901)
        for _ in 0..<3 { #expect(await ledger.attempt(subjects, now: later) == 0) }
        #expect((await ledger.attempt(subjects, now: later) ?? 0) > 0)
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `attack: guesses at once do not pass for one`(twin: Twin) async throws {
        let (ledger, fixture) = try make(twin)
        let subjects = [subject("ada", at: .unused())]
        let start = start
        let passed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { await ledger.attempt(subjects, now: start) == 0 ? 1 : 0 } }
            return await group.reduce(0, +)
        }
        #expect(passed == 3)
        withExtendedLifetime(fixture) {}
    }

    @Test(arguments: Twin.allCases)
    func `attack: guesses at another tenant's account of the same name are another's`(twin: Twin) async throws {
        let (ledger, fixture) = try make(twin)
        let (mine, other) = (TenantID.unused(), TenantID.unused())
        for _ in 0..<3 { _ = await ledger.attempt([subject("ada", at: mine)], now: start) }
        #expect(await ledger.attempt([subject("ada", at: other)], now: start) == 0)
        withExtendedLifetime(fixture) {}
    }

    @Test func `a ledger whose Redis is down knows nothing`() async throws {
        let fixture = try RedisFixture("redis://127.0.0.1:1")
        let secret = Secret(Array("a secret of the tests".utf8))
        let ledger = RedisAttempts(fixture.redis, cryptography: try OpenSSLCryptography(), secret: secret)
        #expect(await ledger.attempt([subject("ada", at: .unused())], now: start) == nil)
    }

    @Test func `attack: neither account nor address can be read in Redis`() async throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(server.url)
        let secret = Secret(Array("a secret of the tests".utf8))
        let ledger = RedisAttempts(fixture.redis, cryptography: try OpenSSLCryptography(), secret: secret)
        _ = await ledger.attempt([subject("pair 192.0.2.7 ada@example.org", at: .unused())], now: start)
        let keys = try await fixture.redis.send(RedisCommand("KEYS", ["*"])).array ?? []
        #expect(keys.count == 1)
        let text = keys.compactMap(\.text).joined()
        #expect(!text.contains("ada") && !text.contains("192.0.2.7"))
    }
}
