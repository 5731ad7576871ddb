// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Sends to browsers (RFC 8030), encrypted so that the push service between reads nothing.
struct WebPushTransport: Sendable {
    let http: any HTTPClient
    let cryptography: any Cryptography
    let messages: any MessageCryptography
    let clock: WallClock
    let vapid: VAPID

    func send(
        _ notice: PushNotice,
        to endpoint: PushEndpoint,
        key: [UInt8],
        secret: Secret<[UInt8]>,
        as sender: P256KeyPair,
        identity: String
    ) async -> PushResult {
        let request: OutgoingRequest
        do {
            let content = PushContent(notice, limit: WebPushMessage.limit) { $0.json }
            let message = try WebPushMessage(
                content.json,
                to: key,
                secret: secret,
                messages,
                salt: cryptography.randomBytes(16)
            )
            let authorization = try vapid.authorization(for: endpoint.origin, sender, identity: identity)
            request = OutgoingRequest(
                .post,
                endpoint.url.reveal(),
                fields: [
                    ("Authorization", authorization.reveal()),
                    ("Content-Encoding", "aes128gcm"),
                    ("Content-Type", "application/octet-stream"),
                    ("TTL", "\(notice.lifetime(at: clock.now()))"),
                    ("Urgency", notice.urgency.rawValue),
                    ("Topic", notice.topic),
                ],
                body: message.body,
                limitInBytes: 16_384
            )
        } catch WebPushError.tooLong {
            return .tooLarge
        } catch {
            return .rejected(code: "bad_key")
        }
        do throws(OutgoingError) {
            return Self.result(of: try await http.send(request))
        } catch {
            return PushResult(error)
        }
    }

    private static func result(of response: OutgoingResponse) -> PushResult {
        switch response.status {
        case 200..<300: .delivered
        case 404, 410: .gone
        case 413: .tooLarge
        default: PushResult(waitingAfter: response) ?? .rejected(nil, status: response.status)
        }
    }
}
