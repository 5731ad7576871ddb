// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What is mailed to prove who reads it: 32 bytes that mean nothing, of which only the SHA-256 is stored.
struct OneTimeToken: Sendable {
    private let secret: Secret<[UInt8]>

    /// A new token that nothing tells.
    init(_ cryptography: any Cryptography) {
        secret = Secret(cryptography.randomBytes(32))
    }

    /// Reads a token.
    init?(_ text: Secret<String>) {
        let text = text.reveal()
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        secret = Secret(bytes)
    }

    var text: Secret<String> { Secret(Base64URL.encode(secret.reveal())) }

    func hash(_ cryptography: any Cryptography) -> Bytes { Bytes(cryptography.sha256(secret.reveal())) }

    /// What a token is for; one of another purpose is none.
    enum Purpose: String, Sendable, DatabaseConvertible {
        case verifyEmail = "verify_email"
        case resetPassword = "reset_password"
        case changeEmail = "change_email"

        /// How long it is good.
        var lifetime: TimeInterval {
            switch self {
            case .verifyEmail, .changeEmail: 86_400
            case .resetPassword: 1_800
            }
        }
    }

    /// A user gets no second token of a purpose within this time, so that nobody can fill their mailbox.
    static let pause: TimeInterval = 60
}

/// Whom a token that was redeemed is for.
struct RedeemedToken: Sendable {
    let user: User.ID
    /// The address that it was sent to.
    let email: Email

    init(row: Row) throws(DatabaseError) {
        user = try row["user_id"]
        email = try row["email"]
    }
}
