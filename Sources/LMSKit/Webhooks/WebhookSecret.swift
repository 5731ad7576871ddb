// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What an endpoint's requests are signed with, as Standard Webhooks has it: 256 random bits.
struct WebhookSecret: Sendable {
    typealias ID = Identifier<WebhookSecret>
    let bytes: Secret<[UInt8]>

    init(_ cryptography: any Cryptography) {
        bytes = Secret(cryptography.randomBytes(32))
    }

    init(_ bytes: Secret<[UInt8]>) {
        self.bytes = bytes
    }

    /// `whsec_` and the bits in base 64.
    var text: Secret<String> { Secret("whsec_" + Data(bytes.reveal()).base64EncodedString()) }

    /// What the secret of a row is sealed for.
    static func purpose(_ id: ID) -> String { "webhook_secrets.sealed_secret:\(id)" }

    /// The fields by which a receiver knows who sent a message, that it is unchanged, and whether it has seen it before.
    ///
    /// - Parameters:
    ///   - message: The message's identifier, the same at each attempt. It has no `.`.
    ///   - instant: The time of this attempt.
    ///   - body: The bytes that are sent.
    ///   - secrets: What signs: the newest, and the one before while it is good.
    ///   - cryptography: Signs.
    /// - Returns: The three fields.
    static func fields(
        of message: String,
        at instant: Date,
        body: [UInt8],
        secrets: [WebhookSecret],
        _ cryptography: any Cryptography
    ) -> [(name: String, value: String)] {
        let timestamp = String(Int(instant.timeIntervalSince1970.rounded(.down)))
        let signed = Array("\(message).\(timestamp).".utf8) + body
        let signatures = secrets.map { secret in
            "v1," + Data(cryptography.hmacSHA256(signed, key: secret.bytes.reveal())).base64EncodedString()
        }
        return [
            ("webhook-id", message), ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }
}
