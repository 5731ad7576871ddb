// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// A message encrypted for one browser (RFC 8291), which the push service between cannot read.
public struct WebPushMessage: Sendable {
    /// The body of the request, with `Content-Encoding: aes128gcm`.
    public let body: [UInt8]

    /// The longest text that every push service takes: 4096 bytes less the header, the delimiter and the tag (RFC 8291 §4).
    public static let limit = 3_993
    /// The size of the only record, as the header tells it.
    private static let recordSize: UInt32 = 4_096
    /// Texts are padded to the next of these, so that their length tells little.
    private static let lengths = [1_024, 2_048, 3_072, limit]

    /// Encrypts a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - receiver: The browser's key: an uncompressed point on P-256, 65 bytes.
    ///   - secret: The browser's authentication secret, 16 bytes.
    ///   - cryptography: The primitives.
    ///   - salt: 16 random bytes.
    /// - Throws: `WebPushError.tooLong` above `limit`; `.badKey` if the key is no point of the curve or the secret is none.
    public init(
        _ text: [UInt8],
        to receiver: [UInt8],
        secret: Secret<[UInt8]>,
        _ cryptography: any MessageCryptography,
        salt: [UInt8]
    ) throws(WebPushError) {
        try self.init(
            text,
            paddedTo: Self.lengths.first { $0 >= text.count } ?? text.count,
            to: receiver,
            secret: secret,
            from: cryptography.makeP256Key(),
            cryptography,
            salt: salt
        )
    }

    /// Encrypts with a key pair and a padding that are given; apart from the other initializer only the published example has them.
    package init(
        _ text: [UInt8],
        paddedTo length: Int,
        to receiver: [UInt8],
        secret: Secret<[UInt8]>,
        from sender: P256KeyPair,
        _ cryptography: any MessageCryptography,
        salt: [UInt8]
    ) throws(WebPushError) {
        guard text.count <= Self.limit else { throw .tooLong }
        guard salt.count == 16, secret.reveal().count == 16 else { throw .badKey }
        let keys = try WebPushKeys(to: receiver, secret: secret, from: sender, cryptography, salt: salt)
        // The delimiter of the last record, and zeros (RFC 8188 §2).
        let padding = [UInt8](repeating: 0, count: max(0, min(length, Self.limit) - text.count))
        do {
            let sealed = try cryptography.sealAES128GCM(
                text + [2] + padding,
                key: keys.contentKey,
                nonce: keys.nonce
            )
            let size = Self.recordSize
            body =
                salt + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) }
                + [UInt8(sender.publicKey.count)] + sender.publicKey + sealed
        } catch {
            throw .badKey
        }
    }
}

/// The keys of one message (RFC 8291 §3.4).
package struct WebPushKeys: Sendable {
    /// What both ends know, `ecdh_secret`.
    package let shared: Secret<[UInt8]>
    /// What the content's keys are derived of, `IKM`.
    package let material: Secret<[UInt8]>
    /// `CEK`.
    package let contentKey: Secret<[UInt8]>
    /// `NONCE`.
    package let nonce: [UInt8]

    package init(
        to receiver: [UInt8],
        secret: Secret<[UInt8]>,
        from sender: P256KeyPair,
        _ cryptography: any MessageCryptography,
        salt: [UInt8]
    ) throws(WebPushError) {
        do {
            shared = try cryptography.agree(sender, with: receiver)
        } catch {
            throw .badKey
        }
        let material = cryptography.deriveKey(
            shared,
            salt: secret.reveal(),
            info: Array("WebPush: info\0".utf8) + receiver + sender.publicKey,
            count: 32
        )
        func derive(_ info: String, _ count: Int) -> Secret<[UInt8]> {
            cryptography.deriveKey(material, salt: salt, info: Array(info.utf8), count: count)
        }
        self.material = material
        contentKey = derive("Content-Encoding: aes128gcm\0", 16)
        nonce = derive("Content-Encoding: nonce\0", 12).reveal()
    }
}

/// Why a message was not encrypted.
@nonexhaustive
public enum WebPushError: Error, Sendable, Equatable {
    /// It is longer than push services take.
    case tooLong
    /// The browser's key is no point of the curve, or its secret has another length.
    case badKey
}
