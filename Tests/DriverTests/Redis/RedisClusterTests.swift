// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSEventLoop
internal import LMSRedisDriver
internal import LMSTenancy
internal import LMSTestSupport
internal import Testing

/// The nodes did not find each other.
private struct NotFormed: Error {}

/// Two nodes that share the slots of a cluster.
private final class Cluster: Sendable {
    let nodes: [RedisServer]
    let clients: [RedisFixture]

    init() async throws {
        var nodes: [RedisServer] = []
        for _ in 0..<2 { nodes.append(try RedisServer(["--cluster-enabled", "yes"])) }
        self.nodes = nodes
        clients = try nodes.map { try RedisFixture($0.url) }
        for (index, range) in [(0, 0...8_191), (1, 8_192...16_383)] {
            let command = RedisCommand(
                "CLUSTER",
                ["ADDSLOTSRANGE", .integer(range.lowerBound), .integer(range.upperBound)]
            )
            _ = try await clients[index].redis.send(command)
        }
        _ = try await clients[0].redis.send(
            RedisCommand("CLUSTER", ["MEET", "127.0.0.1", .integer(Int(nodes[1].port))])
        )
        for client in clients {
            let isUp = await client.eventually {
                let info = try? await client.redis.send(RedisCommand("CLUSTER", ["INFO"])).text
                return info?.contains("cluster_state:ok") == true && info?.contains("cluster_known_nodes:2") == true
            }
            guard isUp else { throw NotFormed() }
        }
    }

    func name(of index: Int) async throws -> String {
        try await clients[index].redis.send(RedisCommand("CLUSTER", ["MYID"])).text ?? ""
    }
}

@Suite struct RedisClusterTests {
    private func key(_ tenant: TenantID, _ name: String = "a") -> RedisKey {
        RedisKey(TenantCacheKey(tenant, .cache, name))
    }

    @Test func `keys of many tenants are set and read on the node that has them`() async throws {
        let cluster = try await Cluster()
        let redis = cluster.clients[0].redis
        let tenants = (0..<200).map { _ in TenantID.unused() }
        for tenant in tenants {
            #expect(try await redis.send(RedisCommand("SET", [.key(key(tenant)), .text("\(tenant)")])).isOK)
        }
        for tenant in tenants {
            #expect(try await redis.send(RedisCommand("GET", [.key(key(tenant))])).text == "\(tenant)")
        }
        // Both hold some, as a client that asks each one alone is told.
        for client in cluster.clients {
            let size = try await client.redis.send(RedisCommand("DBSIZE")).integer ?? 0
            #expect((1..<200).contains(size))
        }
    }

    @Test func `several keys of one tenant are in one slot, whatever they are called`() async throws {
        let cluster = try await Cluster()
        let redis = cluster.clients[0].redis
        for tenant in (0..<20).map({ _ in TenantID.unused() }) {
            let keys = ["a", "{b}", "}{", "c:{d}"].map { key(tenant, $0) }
            var arguments: [RedisCommand.Argument] = []
            for key in keys { arguments += [.key(key), "v"] }
            #expect(try await redis.send(RedisCommand("MSET", arguments)).isOK)
        }
        let script = RedisScript("return redis.call('GET', KEYS[1])")
        let tenant = TenantID.unused()
        _ = try await redis.send(RedisCommand("SET", [.key(key(tenant)), "v"]))
        #expect(try await redis.run(script, [key(tenant)]).text == "v")
    }

    @Test func `a slot that is being moved is asked for where it goes to, and found there afterwards`() async throws {
        let cluster = try await Cluster()
        let redis = cluster.clients[0].redis
        let tenant = TenantID.unused()
        _ = try await redis.send(RedisCommand("SET", [.key(key(tenant)), "old"]))
        let slot = try #require(
            await redis.send(RedisCommand("CLUSTER", ["KEYSLOT", .text("lms:{\(tenant)}:cache:a")])).integer
        )
        let source = slot < 8_192 ? 0 : 1
        let target = 1 - source
        let (from, to) = (cluster.clients[source].redis, cluster.clients[target].redis)
        func set(_ redis: Redis, _ arguments: [RedisCommand.Argument]) async throws {
            let all: [RedisCommand.Argument] = ["SETSLOT", .integer(slot)] + arguments
            #expect(try await redis.send(RedisCommand("CLUSTER", all)).isOK)
        }
        try await set(to, ["IMPORTING", .text(try await cluster.name(of: source))])
        try await set(from, ["MIGRATING", .text(try await cluster.name(of: target))])
        // A new key of the slot: the old node does not have it and says ASK.
        #expect(try await redis.send(RedisCommand("SET", [.key(key(tenant, "b")), "new"])).isOK)
        #expect(try await redis.send(RedisCommand("GET", [.key(key(tenant, "b"))])).text == "new")
        #expect(try await redis.send(RedisCommand("GET", [.key(key(tenant))])).text == "old")
        let migration: [RedisCommand.Argument] = [
            "127.0.0.1", .integer(Int(cluster.nodes[target].port)), .text("lms:{\(tenant)}:cache:a"), "0", "5000",
        ]
        #expect(try await from.send(RedisCommand("MIGRATE", migration)).isOK)
        for client in [to, from] { try await set(client, ["NODE", .text(try await cluster.name(of: target))]) }
        #expect(try await redis.send(RedisCommand("GET", [.key(key(tenant))])).text == "old")
        #expect(try await redis.send(RedisCommand("GET", [.key(key(tenant, "b"))])).text == "new")
    }

    @Test func `a broadcast reaches a listener on the other node`() async throws {
        let cluster = try await Cluster()
        let sender = RedisBroadcast(cluster.clients[0].redis)
        let listener = RedisBroadcast(cluster.clients[1].redis)
        let channel = BroadcastChannel(TenantCacheKey(.unused(), .channel, "a"))
        let told = Told()
        let subscription = listener.subscribe(to: channel, told.receive)
        await told.wait { $0.gaps > 0 }
        sender.publish([9], on: channel)
        await told.wait { $0.all == [[9]] }
        withExtendedLifetime(subscription) {}
    }

    @Test func `while a node is down its keys are refused in time and those of the other are served`() async throws {
        let cluster = try await Cluster()
        let redis = cluster.clients[0].redis
        let tenants = (0..<40).map { _ in TenantID.unused() }
        for tenant in tenants { _ = try await redis.send(RedisCommand("SET", [.key(key(tenant)), "v"])) }
        cluster.nodes[1].stop()
        var (served, refused) = (0, 0)
        for tenant in tenants {
            do throws(RedisError) {
                _ = try await redis.send(RedisCommand("GET", [.key(key(tenant))]))
                served += 1
            } catch {
                refused += 1
            }
        }
        #expect(served > 0)
        #expect(refused > 0)
    }
}
