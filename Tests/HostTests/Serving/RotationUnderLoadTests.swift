// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSKit
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost

/// Two hosts that share nothing but the database and the time, as two processes do.
@Suite struct RotationUnderLoadTests {
    @Test(.timeLimit(.minutes(3)))
    func `signing, data and master keys change under load and no request fails`() async throws {
        try await withTenant { tenant in
            let clock = TestClock()
            // As in a rolling change of the configuration: both know both keys, each seals under another one.
            let here = try await PlatformHost(
                clock: clock,
                masterKeys: try TestPlatform.masterKeys([("one", 1), ("two", 2)])
            )
            let there = try await PlatformHost(
                clock: clock,
                masterKeys: try TestPlatform.masterKeys([("two", 2), ("one", 1)])
            )
            let load = Load(hosts: [here, there], tenant: tenant)
            for number in 0..<6 { _ = try await here.register("learner\(number)", at: tenant) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 { group.addTask { try await load.run("learner\(number)@example.org") } }
                group.addTask {
                    defer { load.stop() }
                    for round in 0..<2 {
                        let rotation = (round == 0 ? here : there).platform.lms.keyRotation
                        _ = try await rotation.rotateSigningKey(tenant.id, tenants: tenant.tenants)
                        try await load.answer(40)
                        _ = try await rotation.rotateDataKey(tenant.id, tenants: tenant.tenants)
                        // Past the moment when the new key signs and each host has read it again.
                        for _ in 0..<14 {
                            clock.advance(by: 10)
                            try await load.answer(15)
                        }
                        let left = try await there.platform.lms.keyRotation.rewrap(tenant.id, tenants: tenant.tenants)
                        #expect(left.left == 0)
                        try await load.answer(40)
                    }
                }
                try await group.waitForAll()
            }
            #expect(load.failures.isEmpty, "\(load.failures.prefix(5))")
            #expect(load.answered > 400)
            let keys = try await here.platform.lms.keyRotation.status(reader: tenant.reader())
            #expect(keys.signingKeys.count == 3)
            #expect(keys.dataKeys.count == 3 && keys.dataKeys.allSatisfy { $0.masterKey == "two" })
        }
    }
}

/// People who sign in, refresh and read, at one host and the other by turns.
private final class Load: Sendable {
    private let hosts: [PlatformHost]
    private let tenant: TestTenant
    private let state = Mutex((answered: 0, isOver: false, failures: [String]()))

    init(hosts: [PlatformHost], tenant: TestTenant) {
        self.hosts = hosts
        self.tenant = tenant
    }

    var answered: Int { state.withLock { $0.answered } }
    var failures: [String] { state.withLock { $0.failures } }
    private var isOver: Bool { state.withLock { $0.isOver } }

    func stop() { state.withLock { $0.isOver = true } }

    /// Waits until so many more requests were answered, or one was not.
    func answer(_ count: Int) async throws {
        let target = answered + count
        while answered < target, failures.isEmpty {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    func run(_ email: String) async throws {
        var turn = 0
        while !isOver {
            let json = #"{"email":"\#(email)","password":"\#(PlatformHost.password)"}"#
            guard let signedIn = try await send("POST", "/api/v1/auth/login", turn, json: json) else { continue }
            var session = try PlatformHost.Session(signedIn)
            for _ in 0..<8 where !isOver {
                turn += 1
                _ = try await send("GET", "/api/v1/auth/me", turn, token: session.access)
                _ = try await send("GET", "/.well-known/jwks.json", turn + 1)
                let refresh = #"{"refreshToken":"\#(session.refresh)"}"#
                let fields = ["Idempotency-Key: \(turn)"]
                _ = try await send("POST", "/api/v1/auth/refresh", turn, json: refresh, fields: fields)
                // Repeated at the other host, as after a lost reply.
                let reply = try await send("POST", "/api/v1/auth/refresh", turn + 1, json: refresh, fields: fields)
                guard let reply else { break }
                session = try PlatformHost.Session(reply)
                _ = try await send("GET", "/api/v1/auth/me", turn + 1, token: session.access)
            }
        }
    }

    private func send(
        _ method: String,
        _ path: String,
        _ turn: Int,
        token: String? = nil,
        json: String? = nil,
        fields: [String] = []
    ) async throws -> TestReply? {
        let host = hosts[turn % hosts.count]
        let reply = try await host.send(method, path, to: tenant, fields: fields, token: token, json: json)
        state.withLock { state in
            state.answered += 1
            if reply.status != 200 { state.failures.append("\(method) \(path): \(reply.status) \(reply.code ?? "")") }
        }
        return reply.status == 200 ? reply : nil
    }
}
