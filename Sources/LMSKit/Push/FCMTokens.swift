// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Access tokens of Google's service accounts (RFC 7523 §2.1), each used until it is almost over.
final class FCMTokens: Sendable {
    private let http: any HTTPClient
    private let cryptography: any MessageCryptography
    private let clock: WallClock
    private let address: String
    private let kept = BoundedCache<String, Secret<String>>(capacity: 1_024)

    /// How long before its end a token is asked for anew.
    private static let margin: TimeInterval = 300

    init(http: any HTTPClient, _ cryptography: any MessageCryptography, clock: WallClock, address: String) {
        self.http = http
        self.cryptography = cryptography
        self.clock = clock
        self.address = address
    }

    /// Why there is no token.
    struct Refusal: Error {
        let result: PushResult
    }

    /// A token of an account.
    func access(
        _ account: FCMAccount,
        key: Secret<[UInt8]>,
        identity: String
    ) async -> Result<Secret<String>, Refusal> {
        let now = clock.now()
        if let token = kept.value(for: identity, at: now) { return .success(token) }
        let assertion: Secret<String>
        do {
            assertion = try ForeignAssertion.sign(
                { claims in
                    claims.field("iss", account.client)
                    claims.field("scope", "https://www.googleapis.com/auth/firebase.messaging")
                    claims.field("aud", address)
                    claims.field("iat", Int(now.timeIntervalSince1970))
                    claims.field("exp", Int(now.timeIntervalSince1970) + 3_600)
                },
                with: .rs256Info(key),
                named: account.keyName,
                cryptography
            )
        } catch {
            return .failure(Refusal(result: .rejected(code: "bad_key")))
        }
        let form = FormText.encode([
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.reveal()),
        ])
        let request = OutgoingRequest(
            .post,
            address,
            fields: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
            body: Array(form.utf8),
            limitInBytes: 65_536
        )
        do throws(OutgoingError) {
            return read(try await http.send(request), identity: identity, at: now)
        } catch {
            return .failure(Refusal(result: PushResult(error)))
        }
    }

    /// Forgets a token that was refused.
    func forget(_ identity: String) {
        kept.remove(identity)
    }

    private func read(
        _ response: OutgoingResponse,
        identity: String,
        at now: Date
    ) -> Result<Secret<String>, Refusal> {
        let json: JSONValue
        do {
            json = try JSONValue.parse(response.body, maximumDepth: 8)
        } catch {
            // No JSON: the status alone says what happened.
            json = .null
        }
        guard response.status == 200, let token = json["access_token"]?.text, !token.isEmpty,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            let result = PushResult(waitingAfter: response) ?? .rejected(json["error"]?.text, status: response.status)
            return .failure(Refusal(result: result))
        }
        let lifetime = TimeInterval(min(max(json["expires_in"]?.integer ?? 0, 0), 3_600)) - Self.margin
        if lifetime > 0 {
            kept.store(Secret(token), for: identity, until: now.addingTimeInterval(lifetime), at: now)
        }
        return .success(Secret(token))
    }
}
