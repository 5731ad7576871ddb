// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The passwords of an installation's logins, of which only two are kept anywhere: the directory's and the provisioner's.
///
/// The shards' passwords are derived from the directory's, so that a serving process needs one secret for all its logins and
/// cannot compute the provisioner's.
public struct LoginPasswords: Sendable {
    private let installation: InstallationPrefix
    private let directory: Secret<String>
    private let provisioner: Secret<String>
    private let cryptography: any Cryptography

    /// Takes up the two kept passwords.
    ///
    /// - Parameters:
    ///   - installation: The installation's prefix.
    ///   - directory: The password of the serving process's first login.
    ///   - provisioner: The provisioner's password; empty in a serving process.
    ///   - cryptography: Derives the others.
    public init(
        installation: InstallationPrefix,
        directory: Secret<String>,
        provisioner: Secret<String> = Secret(""),
        cryptography: any Cryptography
    ) {
        self.installation = installation
        self.directory = directory
        self.provisioner = provisioner
        self.cryptography = cryptography
    }

    /// Returns the password of a login.
    ///
    /// - Parameter login: The login.
    /// - Returns: Its password.
    public func password(of login: LoginName) -> Secret<String> {
        switch login {
        case .directory(installation): return directory
        case .provisioner(installation): return provisioner
        default:
            let label = Array("lms-login:\(login)".utf8)
            let derived = cryptography.hmacSHA256(label, key: Array(directory.reveal().utf8))
            return Secret(Base64URL.encode(derived))
        }
    }
}
