// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// Sends to apps by the Apple Push Notification service, over HTTP/2 with a token.
struct APNsTransport: Sendable {
    let http: any HTTPClient
    let cryptography: any MessageCryptography
    let clock: WallClock
    /// Where the service is.
    let addresses: Addresses
    private let tokens = BoundedCache<String, Secret<String>>(capacity: 1_024)

    /// The two ends of the service.
    struct Addresses: Sendable {
        let production: String
        let sandbox: String
    }

    /// The longest message that is taken.
    private static let limit = 4_096
    /// How long a token is used: the service takes none that is older than an hour, and no more than one each 20 minutes.
    private static let period: TimeInterval = 1_800

    init(
        http: any HTTPClient,
        _ cryptography: any MessageCryptography,
        clock: WallClock,
        addresses: Addresses
    ) {
        self.http = http
        self.cryptography = cryptography
        self.clock = clock
        self.addresses = addresses
    }

    func send(
        _ notice: PushNotice,
        to token: Secret<String>,
        _ account: APNsAccount,
        key: Secret<[UInt8]>,
        identity: String
    ) async -> PushResult {
        let content = PushContent(notice, limit: Self.limit) { Self.message(notice, $0) }
        let fields = [
            ("apns-id", notice.id.lowercaseText), ("apns-collapse-id", notice.topic),
            ("apns-expiration", "\(Int(notice.expiresAt.timeIntervalSince1970))"),
            ("apns-priority", notice.urgency == .veryLow || notice.urgency == .low ? "5" : "10"),
        ]
        return await post(Self.message(notice, content), to: token, fields, account, key, identity: identity)
    }

    /// Sends to a token that no device has: the service looks at the account first.
    func check(_ account: APNsAccount, key: Secret<[UInt8]>, identity: String) async -> PushResult {
        let nobody = Secret(String(repeating: "0", count: 64))
        let body = Array(#"{"aps":{}}"#.utf8)
        let result = await post(body, to: nobody, [("apns-priority", "5")], account, key, identity: identity)
        return result == .gone ? .delivered : result
    }

    private func post(
        _ body: [UInt8],
        to device: Secret<String>,
        _ fields: [(String, String)],
        _ account: APNsAccount,
        _ key: Secret<[UInt8]>,
        identity: String
    ) async -> PushResult {
        let authorization: Secret<String>
        do {
            authorization = try token(account, key, identity: identity)
        } catch {
            return .rejected(code: "bad_key")
        }
        let base = account.isSandbox ? addresses.sandbox : addresses.production
        var request = OutgoingRequest(
            .post,
            "\(base)/3/device/\(device.reveal())",
            fields: fields + [
                ("authorization", "bearer \(authorization.reveal())"), ("apns-topic", account.topic),
                ("apns-push-type", "alert"), ("content-type", "application/json"),
            ],
            body: body,
            limitInBytes: 16_384
        )
        request.version = .http2
        // The service takes many connections one after the other for an attack.
        request.sharesConnection = true
        do throws(OutgoingError) {
            let result = Self.result(of: try await http.send(request))
            if result == .failed(reason: "ExpiredProviderToken") { tokens.remove(identity) }
            return result
        } catch {
            return PushResult(error)
        }
    }

    private func token(
        _ account: APNsAccount,
        _ key: Secret<[UInt8]>,
        identity: String
    ) throws(CryptographyError) -> Secret<String> {
        let now = clock.now()
        if let known = tokens.value(for: identity, at: now) { return known }
        // Rounded, so that processes beside each other do not seem to change it too often.
        let issued = (now.timeIntervalSince1970 / Self.period).rounded(.down) * Self.period
        let token = try ForeignAssertion.sign(
            { claims in
                claims.field("iss", account.team)
                claims.field("iat", Int(issued))
            },
            with: .es256Info(key),
            named: account.keyName,
            cryptography
        )
        tokens.store(token, for: identity, until: Date(timeIntervalSince1970: issued + Self.period), at: now)
        return token
    }

    private static func result(of response: OutgoingResponse) -> PushResult {
        if response.status == 200 { return .delivered }
        var reason: String?
        do {
            reason = try JSONValue.parse(response.body, maximumDepth: 4)["reason"]?.text
        } catch {
            // No JSON: the status alone says what happened.
            reason = nil
        }
        switch (response.status, reason) {
        case (410, _), (400, "BadDeviceToken"): return .gone
        case (413, _): return .tooLarge
        case (403, "ExpiredProviderToken"): return .failed(reason: "ExpiredProviderToken")
        default: return PushResult(waitingAfter: response) ?? .rejected(reason, status: response.status)
        }
    }

    private static func message(_ notice: PushNotice, _ content: PushContent) -> [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.field(
                "aps",
                object: { aps in
                    aps.field(
                        "alert",
                        object: { alert in
                            alert.field("title", content.title)
                            alert.field("body", content.body)
                        }
                    )
                    aps.field("sound", "default")
                }
            )
            object.field("id", notice.id.lowercaseText)
            if let link = notice.link { object.field("url", link) }
        }
        return json.bytes
    }
}
