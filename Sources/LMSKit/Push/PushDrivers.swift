// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Sends by the driver of the device's kind.
struct PushDrivers: PushTransport {
    private let web: WebPushTransport
    private let fcm: FCMTransport
    private let apns: APNsTransport

    init(_ ports: PushPorts, messages: any MessageCryptography, cryptography: any Cryptography, clock: WallClock) {
        web = WebPushTransport(
            http: ports.http,
            cryptography: cryptography,
            messages: messages,
            clock: clock,
            vapid: VAPID(messages, clock: clock, contact: ports.contact)
        )
        let tokens = FCMTokens(http: ports.http, messages, clock: clock, address: ports.services.fcmTokens)
        fcm = FCMTransport(http: ports.http, clock: clock, tokens: tokens, address: ports.services.fcm)
        apns = APNsTransport(
            http: ports.http,
            messages,
            clock: clock,
            addresses: APNsTransport.Addresses(
                production: ports.services.apns,
                sandbox: ports.services.apnsSandbox
            )
        )
    }

    func send(_ notice: PushNotice, to target: PushTarget, as account: PushAccount) async -> PushResult {
        let identity = account.identity
        switch (target, account.credential) {
        case (.web(let endpoint, let key, let secret), .vapid(let pair)):
            return await web.send(notice, to: endpoint, key: key, secret: secret, as: pair, identity: identity)
        case (.fcm(let token), .fcm(let fcmAccount, let key)):
            return await fcm.send(notice, to: token, fcmAccount, key: key, identity: identity)
        case (.apns(let token), .apns(let apnsAccount, let key)):
            return await apns.send(notice, to: token, apnsAccount, key: key, identity: identity)
        default: return .rejected(code: "wrong_account")
        }
    }

    func check(_ account: PushAccount) async -> PushResult {
        switch account.credential {
        // A push service knows the key of a tenant only by the browsers that subscribed with it.
        case .vapid: .delivered
        case .fcm(let fcmAccount, let key): await fcm.check(fcmAccount, key: key, identity: account.identity)
        case .apns(let apnsAccount, let key): await apns.check(apnsAccount, key: key, identity: account.identity)
        }
    }
}
