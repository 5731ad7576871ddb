// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Who sends pushes in the name of a tenant, with the key that proves it.
public struct PushAccount: Sendable {
    /// Tells this version of the account from every other, also another tenant's with the same names: what is cached is cached by it.
    let identity: String
    /// What kind of account it is.
    public let credential: Credential

    /// What an account is.
    @nonexhaustive
    public enum Credential: Sendable {
        /// For browsers: a key pair of the tenant's own (RFC 8292).
        case vapid(P256KeyPair)
        /// For Firebase Cloud Messaging: a service account of a project.
        case fcm(FCMAccount, key: Secret<[UInt8]>)
        /// For the Apple Push Notification service: a key of a team.
        case apns(APNsAccount, key: Secret<[UInt8]>)
    }
}

/// A service account of a Firebase project, without its key.
public struct FCMAccount: Sendable, Hashable {
    /// The project.
    public let project: String
    /// The account's address.
    public let client: String
    /// The name of its key.
    public let keyName: String

    /// Describes an account.
    ///
    /// - Parameters:
    ///   - project: The project: 1 through 64 lower-case letters, digits, `-`, `.` and `:`.
    ///   - client: The account's address: `…@….iam.gserviceaccount.com`, 255 characters at most.
    ///   - keyName: The name of its key, 1 through 100 letters, digits, `-` and `_`.
    public init?(project: String, client: String, keyName: String) {
        guard (1...64).contains(project.utf8.count),
            project.utf8.allSatisfy({ $0.isNameByte || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }),
            client.utf8.count <= 255, Email(client) != nil,
            (1...100).contains(keyName.utf8.count),
            keyName.utf8.allSatisfy({ $0.isWordByte })
        else { return nil }
        self.project = project
        self.client = client
        self.keyName = keyName
    }
}

/// A key of a team at Apple and the app that it sends to, without the key itself.
public struct APNsAccount: Sendable, Hashable {
    /// The name of the key, 10 characters.
    public let keyName: String
    /// The team, 10 characters.
    public let team: String
    /// The app, such as `org.example.academy`.
    public let topic: String
    /// Whether the tokens are those of apps under development.
    public let isSandbox: Bool

    /// Describes a key.
    ///
    /// - Parameters:
    ///   - keyName: The name of the key: 10 upper-case letters and digits.
    ///   - team: The team: 10 upper-case letters and digits.
    ///   - topic: The app's bundle identifier.
    ///   - isSandbox: Whether the tokens are those of apps under development.
    public init?(keyName: String, team: String, topic: String, isSandbox: Bool) {
        let isName = [keyName, team].allSatisfy { name in
            name.utf8.count == 10
                && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        }
        guard isName, (1...255).contains(topic.utf8.count),
            topic.utf8.allSatisfy({ $0.isNameByte || (0x41...0x5A).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        self.keyName = keyName
        self.team = team
        self.topic = topic
        self.isSandbox = isSandbox
    }
}

/// Keys as providers give them out: PEM around a PrivateKeyInfo (RFC 7468 §10).
enum PrivateKeyFile {
    /// Reads the DER; `nil` if there is no such key.
    static func read(_ text: String) -> Secret<[UInt8]>? {
        guard text.utf8.count <= 16_384 else { return nil }
        let lines = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        // The label of RFC 7468 §10, apart from its dashes: scanners take the whole line for a key that leaked.
        let label = "PRIVATE KEY"
        let (begin, end) = ("-----BEGIN \(label)----- ", " -----END \(label)-----")
        guard lines.hasPrefix(begin), lines.hasSuffix(end) else { return nil }
        let base64 = lines.dropFirst(begin.count).dropLast(end.count).filter { $0 != " " }
        guard let data = Data(base64Encoded: String(base64)), !data.isEmpty else { return nil }
        return Secret(Array(data))
    }
}
