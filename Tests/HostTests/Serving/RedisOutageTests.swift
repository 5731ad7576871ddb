// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

@testable import LMSHost

/// Serving processes whose Redis is stopped, full, slow and started again under them.
@Suite struct RedisOutageTests {
    /// No request takes longer than this, whatever the Redis does: four times its command timeout, on a machine that is busy.
    private static let deadline = Duration.seconds(10)

    private func serving(_ tenant: TestTenant, _ redis: RedisServer, _ more: [String: String] = [:]) async throws
        -> ServingProcess
    {
        let settings = ["REDIS_URL": redis.url, "LMS_RATE_LIMITS": "on", "LMS_RATE_AUTH_PER_SECOND": "500"]
        return try await ServingProcess(over: tenant, settings: settings.merging(more) { $1 })
    }

    private func ask(
        _ process: ServingProcess,
        _ method: String,
        _ path: String,
        _ session: ServingProcess.Session,
        json: String? = nil
    ) throws -> Int {
        let clock = ContinuousClock()
        let begin = clock.now
        let reply = try process.send(method, path, to: session.tenant, token: session.access, json: json)
        #expect(clock.now - begin < Self.deadline, "\(method) \(path)")
        return reply.status
    }

    private func signIn(_ process: ServingProcess, _ name: String, at tenant: TestTenant) throws -> Int {
        let json = #"{"email":"\#(name)@example.org","password":"\#(PlatformHost.password)"}"#
        return try process.send("POST", "/api/v1/auth/login", to: tenant, json: json).status
    }

    private func redisState(_ process: ServingProcess, at tenant: TestTenant) throws -> (status: Int, state: String?) {
        let reply = try process.send("GET", "/api/v1/ready", to: tenant)
        guard case .array(let components) = reply.json["components"] else { return (reply.status, nil) }
        return (reply.status, components.first { $0["name"]?.text == "redis" }?["status"]?.text)
    }

    @Test(.timeLimit(.minutes(3)))
    func `requests go on while Redis is stopped, slow, full and started again, and nothing is lost`() async throws {
        try await withTenant { tenant in
            let redis = try RedisServer()
            let process = try await serving(tenant, redis)
            defer { _ = process.process.stop() }
            let ada = try process.register("ada", at: tenant)
            #expect(try redisState(process, at: tenant).state == "up")
            var people = ["ada"]

            func use(_ situation: String) throws {
                for _ in 0..<5 {
                    #expect(try ask(process, "GET", "/api/v1/auth/me", ada) == 200, "\(situation)")
                    #expect(try ask(process, "GET", "/api/v1/courses", ada) == 200, "\(situation)")
                }
                #expect(try signIn(process, "ada", at: tenant) == 200, "\(situation)")
                let name = "p\(people.count)"
                _ = try process.register(name, at: tenant)
                people.append(name)
            }

            try use("running")
            redis.stop()
            try use("stopped")
            var found = try redisState(process, at: tenant)
            #expect(found.status == 200 && found.state == "degraded", "\(found)")
            try redis.start()
            try use("started again, empty")

            redis.pause()
            try use("hanging")
            found = try redisState(process, at: tenant)
            #expect(found.status == 200 && found.state == "degraded", "\(found)")
            redis.resume()
            try use("going on")

            let operatorOfRedis = try RedisFixture(redis.url)
            let full = RedisCommand("CONFIG", ["SET", "maxmemory", "1", "maxmemory-policy", "noeviction"])
            #expect(try await operatorOfRedis.redis.send(full).isOK)
            await #expect(throws: RedisError.refused(code: "OOM")) {
                let key = RedisKey(TenantCacheKey(tenant.tenant.id, .cache, "x"))
                _ = try await operatorOfRedis.redis.send(RedisCommand("SET", [.key(key), "v"]))
            }
            try use("full")
            #expect(try await operatorOfRedis.redis.send(RedisCommand("CONFIG", ["SET", "maxmemory", "0"])).isOK)

            let isUp = try await operatorOfRedis.eventually { try redisState(process, at: tenant).state == "up" }
            #expect(isUp)
            // Whatever was done in each situation is in the database: everybody can sign in without what Redis held.
            #expect(try await operatorOfRedis.redis.send(RedisCommand("FLUSHALL")).isOK)
            for name in people { #expect(try signIn(process, name, at: tenant) == 200, "\(name)") }
            #expect(try ask(process, "POST", "/api/v1/auth/logout", ada, json: "{}") == 204)
            #expect(try ask(process, "GET", "/api/v1/auth/me", ada) == 401)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `attack: guesses at one process count at the other, and each counts alone while Redis is down`() async throws {
        try await withTenant { tenant in
            let redis = try RedisServer()
            let here = try await serving(tenant, redis)
            let there = try await serving(tenant, redis)
            defer {
                _ = here.process.stop()
                _ = there.process.stop()
            }
            for name in ["ada", "eve"] { _ = try here.register(name, at: tenant) }
            func guess(_ process: ServingProcess, _ name: String) throws -> Int {
                let json = #"{"email":"\#(name)@example.org","password":"wrong guess"}"#
                return try process.send("POST", "/api/v1/auth/login", to: tenant, json: json).status
            }
            // The longer the wait, the surer that it lasts until the other one is asked.
            var (tries, refusals) = (0, 0)
            while refusals < 40, tries < 400 {
                if try guess(here, "ada") == 429 { refusals += 1 }
                tries += 1
            }
            #expect(refusals == 40)
            #expect(try guess(there, "ada") == 429)

            redis.stop()
            var isRefused = false
            for _ in 0..<40 where !isRefused { isRefused = try guess(there, "eve") == 429 }
            #expect(isRefused)
        }
    }
}
