// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// How somebody showed who they are; the names are those of the claim `amr` (RFC 8176), and some of ours.
@nonexhaustive
public enum AuthenticationMethod: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
    /// A password.
    case password = "pwd"
    /// A code of an authenticator app (RFC 6238).
    case oneTimeCode = "otp"
    /// A code that was sent to their address.
    case emailedCode = "mail"
    /// A recovery code.
    case recoveryCode = "rec"
    /// A link that was sent to their address, such as an invitation.
    case link = "link"
    /// An identity provider that the tenant trusts.
    case federated = "fed"
    /// A device on which they asked to be remembered.
    case rememberedDevice = "dev"
    /// More than one factor.
    case multiple = "mfa"

    /// Whether it stands for a second factor beside a password or an identity provider.
    public var isSecondFactor: Bool {
        switch self {
        case .oneTimeCode, .emailedCode, .recoveryCode, .rememberedDevice, .multiple: true
        case .password, .link, .federated: false
        }
    }
}
