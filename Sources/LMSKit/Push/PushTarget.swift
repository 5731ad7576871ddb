// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// A device of somebody, as its push service knows it.
@nonexhaustive
public enum PushTarget: Sendable {
    /// A browser (RFC 8030): where it listens, its key on P-256 and its authentication secret.
    case web(PushEndpoint, key: [UInt8], secret: Secret<[UInt8]>)
    /// An app that Firebase Cloud Messaging reaches, by its registration token.
    case fcm(token: Secret<String>)
    /// An app that the Apple Push Notification service reaches, by its device token in hexadecimal.
    case apns(token: Secret<String>)

    /// The kinds of devices.
    @nonexhaustive
    public enum Kind: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// A browser.
        case web
        /// An app by Firebase Cloud Messaging.
        case fcm
        /// An app by the Apple Push Notification service.
        case apns
    }

    /// Which kind it is.
    public var kind: Kind {
        switch self {
        case .web: .web
        case .fcm: .fcm
        case .apns: .apns
        }
    }
}

extension PushTarget {
    /// A browser's subscription as `PushSubscription.toJSON()` tells it (Push API §8).
    ///
    /// - Parameters:
    ///   - endpoint: Where it listens.
    ///   - key: `p256dh`: 65 bytes in base64url, with padding or without.
    ///   - secret: `auth`: 16 bytes in base64url.
    /// - Returns: The target; `nil` if a part is none.
    public static func web(endpoint: String, key: String, secret: String) -> PushTarget? {
        guard let endpoint = PushEndpoint(endpoint), let key = decode(key), key.count == 65, key[0] == 4,
            let secret = decode(secret), secret.count == 16
        else { return nil }
        return .web(endpoint, key: key, secret: Secret(secret))
    }

    /// An app's registration token.
    ///
    /// - Parameter token: 20 through 4096 characters of base64url, `:`, `.` or `%`.
    /// - Returns: The target; `nil` if it is none.
    public static func fcm(_ token: String) -> PushTarget? {
        let isToken = token.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F, 0x3A, 0x2E, 0x25: true
            default: false
            }
        }
        return isToken && (20...4_096).contains(token.utf8.count) ? .fcm(token: Secret(token)) : nil
    }

    /// An app's device token.
    ///
    /// - Parameter token: 64 through 200 hexadecimal digits; services take lower case.
    /// - Returns: The target; `nil` if it is none.
    public static func apns(_ token: String) -> PushTarget? {
        let token = token.lowercased()
        let isToken = token.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isToken && (64...200).contains(token.utf8.count) && token.utf8.count % 2 == 0
            ? .apns(token: Secret(token)) : nil
    }

    private static func decode(_ text: String) -> [UInt8]? {
        Base64URL.decode(text.hasSuffix("=") ? String(text.prefix { $0 != "=" }) : text)
    }

    /// What is the same for the same device, and stands for it where only equality counts.
    var name: [UInt8] {
        switch self {
        case .web(let endpoint, _, _): Array("web:\(endpoint.url.reveal())".utf8)
        case .fcm(let token): Array("fcm:\(token.reveal())".utf8)
        case .apns(let token): Array("apns:\(token.reveal())".utf8)
        }
    }

    /// The form that is sealed.
    var written: Secret<[UInt8]> {
        var json = JSONWriter()
        json.object { object in
            switch self {
            case .web(let endpoint, let key, let secret):
                object.field("endpoint", endpoint.url.reveal())
                object.field("key", Base64URL.encode(key))
                object.field("secret", Base64URL.encode(secret.reveal()))
            case .fcm(let token), .apns(let token): object.field("token", token.reveal())
            }
        }
        return Secret(json.bytes)
    }

    /// Reads what was sealed; `nil` if it is of another kind.
    init?(_ kind: Kind, written: Secret<[UInt8]>) {
        let target: PushTarget?
        do {
            let json = try JSONValue.parse(written.reveal(), maximumDepth: 2)
            func text(_ name: String) -> String { json[name]?.text ?? "" }
            switch kind {
            case .web: target = .web(endpoint: text("endpoint"), key: text("key"), secret: text("secret"))
            case .fcm: target = .fcm(text("token"))
            case .apns: target = .apns(text("token"))
            }
        } catch {
            return nil
        }
        guard let target else { return nil }
        self = target
    }
}
