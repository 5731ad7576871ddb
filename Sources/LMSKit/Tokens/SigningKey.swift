// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// A key that signs a tenant's access tokens.
struct SigningKey: Sendable {
    typealias ID = Identifier<SigningKey>
    let id: ID
    let publicKey: [UInt8]
    let privateKey: Secret<[UInt8]>
}

/// The public half of a signing key, as anybody may have it.
public struct PublicSigningKey: Sendable, Hashable {
    /// The key's name in tokens (`kid`).
    public let name: String
    /// The 32 bytes of an Ed25519 public key.
    public let bytes: [UInt8]
}

/// A tenant's signing keys, opened.
struct KeyRing: Sendable {
    /// Signs new tokens.
    let signing: SigningKey
    /// Verify tokens: the signing key, the one that is to take over and those that were taken over from a short time ago.
    let verifying: [SigningKey.ID: [UInt8]]
    /// Derive the refresh token that a repeated refresh gets again: the first for a new one, any for one that was given.
    let refreshSecrets: [Secret<[UInt8]>]
    /// Hides codes that are sent: of the oldest data key, so that a code outlives a rotation.
    let codeSecret: Secret<[UInt8]>
}
