// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// What a page shows to prove that it could read a reply of ours, and not only have a browser send its cookies.
///
/// A token is bound to the tenant and the session, and is as good as long as that, so that several tabs can share it.
struct CSRFTokens: Sendable {
    let cryptography: any Cryptography
    /// What each tenant's key is derived from.
    let secret: Secret<[UInt8]>
    /// The same before the secret was changed.
    let earlierSecrets: [Secret<[UInt8]>]
    let tenant: TenantID

    /// The token of a session.
    func make(for session: SignInSession.ID) -> String {
        Base64URL.encode(tag(of: session, secret))
    }

    /// Whether a token is of a session.
    func isGood(_ text: String, for session: SignInSession.ID) -> Bool {
        guard text.utf8.count == 43, let bytes = Base64URL.decode(text), bytes.count == 32 else { return false }
        return ([secret] + earlierSecrets).contains { cryptography.areEqual(bytes, tag(of: session, $0)) }
    }

    private func tag(of session: SignInSession.ID, _ secret: Secret<[UInt8]>) -> [UInt8] {
        let key = cryptography.hmacSHA256(Array("csrf".utf8) + tenant.uuid.bytes, key: secret.reveal())
        return cryptography.hmacSHA256(session.uuid.bytes, key: key)
    }
}

extension HostServices {
    /// The tokens of a tenant's sessions.
    func csrfTokens(of tenant: TenantID) -> CSRFTokens {
        CSRFTokens(
            cryptography: cryptography,
            secret: cursorSecret,
            earlierSecrets: earlierCursorSecrets,
            tenant: tenant
        )
    }
}
