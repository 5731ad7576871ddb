// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSTenancy
internal import LMSTestSupport
internal import Synchronization
internal import Testing

@testable import LMSHost
@testable import LMSKit

/// A way in which a secret enters the platform.
///
/// Every feature that takes or makes one adds a line to a part of `all`.
struct PlantedSecret: Sendable {
    let name: String
    let plant: @Sendable (PlantedWorld) async throws -> Void

    static let all = ofSignIn + ofPrograms + ofPeople

    static let ofSignIn: [PlantedSecret] = [
        PlantedSecret(name: "passwords, access and refresh tokens") { world in
            let json = #"{"email":"planted@example.org","password":"\#(world.secret("password"))"}"#
            let session = try PlatformHost.Session(try await world.send("POST", "auth/register", json))
            world.noteTokens(of: session)
            let refresh = #"{"refreshToken":"\#(session.refresh)"}"#
            let again = try await world.send(
                "POST",
                "auth/refresh",
                refresh,
                ["Idempotency-Key: \(world.secret("retry key"))"]
            )
            world.noteTokens(of: try PlatformHost.Session(again))
        },
        PlantedSecret(name: "a wrong password") { world in
            let json = #"{"email":"planted@example.org","password":"\#(world.secret("wrong password"))"}"#
            let refused = try await world.send("POST", "auth/login", json)
            #expect(refused.status == 401)
            let unknown = #"{"email":"nobody@example.org","password":"\#(world.secret("password of nobody"))"}"#
            let unfound = try await world.send("POST", "auth/login", unknown)
            #expect(unfound.status == 401)
        },
        PlantedSecret(name: "keys") { world in
            let lms = world.host.platform.lms
            let key = try await world.tenant.transaction { try await lms.tenantKeys.current(session: $0) }
            world.note("data key", key.material.reveal())
            let ring = try await lms.signingKeys.ring(of: world.tenant.id, tenants: world.tenant.tenants)
            world.note("signing key", ring.signing.privateKey.reveal())
            world.note("master key", Array(repeating: 42, count: 32))
        },
    ]
}

/// Where secrets are planted, and what they are.
final class PlantedWorld: Sendable {
    let host: PlatformHost
    let tenant: TestTenant
    private let state = Mutex((secrets: [(name: String, bytes: [UInt8])](), errors: [String]()))

    init(host: PlatformHost, tenant: TestTenant) {
        self.host = host
        self.tenant = tenant
    }

    var secrets: [(name: String, bytes: [UInt8])] { state.withLock { $0.secrets } }
    /// Every reply that was no success.
    var errors: [String] { state.withLock { $0.errors } }

    /// A new secret, which is looked for afterwards.
    func secret(_ name: String) -> String {
        let text = "Planted-\(UUID().uuidString)"
        note(name, Array(text.utf8))
        return text
    }

    func note(_ name: String, _ bytes: [UInt8]) {
        state.withLock { $0.secrets.append((name, bytes)) }
    }

    /// A text that is told to somebody outside.
    func noteText(_ text: String) {
        state.withLock { $0.errors.append(text) }
    }

    func noteTokens(of session: PlatformHost.Session) {
        note("access token", Array(session.access.utf8))
        note("refresh token", Array(session.refresh.utf8))
        if let bytes = Base64URL.decode(session.refresh) { note("refresh token's bytes", bytes) }
    }

    func send(
        _ method: String,
        _ path: String,
        _ json: String? = nil,
        _ fields: [String] = [],
        token: String? = nil
    ) async throws -> TestReply {
        let target = "/api/v1/\(path)"
        let reply = try await host.send(method, target, to: tenant, fields: fields, token: token, json: json)
        if reply.status >= 400 { state.withLock { $0.errors.append(reply.text) } }
        return reply
    }

    /// Shows every secret where it is refused.
    func fail() async throws {
        for (_, bytes) in secrets {
            let text = String(decoding: bytes, as: UTF8.self).filter {
                $0 > " " && $0 < "\u{7F}" && !#""\"#.contains($0)
            }
            _ = try await send("GET", "auth/me", token: text)
            _ = try await send("POST", "auth/refresh", #"{"refreshToken":"\#(text)"}"#)
            _ = try await send("POST", "auth/login", #"{"email":"planted@example.org","password":["\#(text)"]}"#)
            _ = try await send("POST", "auth/register", #"{"email":"x","password":"\#(text)","role":1}"#)
            _ = try await send("GET", "auth/me", nil, ["X-API-Key: \(text)"])
            _ = try await send(
                "GET",
                "users?search=\(PercentEncoding.encode(text))&key=lms_\(PercentEncoding.encode(text))"
            )
            let client = #""client_id":"\#(text)","client_secret":"\#(text)""#
            _ = try await send("POST", "auth/token", #"{"grant_type":"client_credentials",\#(client)}"#)
            _ = try await send("POST", "auth/reset-password", #"{"token":"\#(text)","password":"\#(text)"}"#)
            _ = try await send("POST", "auth/accept-invitation", #"{"token":"\#(text)","password":"\#(text)"}"#)
            _ = try await send("POST", "auth/login/mfa", #"{"challengeToken":"\#(text)","code":"\#(text)"}"#)
            _ = try await send("POST", "auth/revoke", #"{"token":["\#(text)"]}"#)
        }
    }
}
