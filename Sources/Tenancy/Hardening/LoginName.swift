// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The logins of one installation, each with no more rights than its process needs.
public struct LoginName: Sendable, Hashable, CustomStringConvertible {
    /// The name: the installation's prefix and the login's part.
    public let description: String

    private init(_ installation: InstallationPrefix, _ part: String) {
        description = installation.description + "_" + part
    }

    /// The login that owns the schemas, which provisions, migrates and purges, but is no superuser and has no CREATEROLE.
    ///
    /// - Parameter installation: The installation's prefix.
    /// - Returns: The name.
    public static func provisioner(_ installation: InstallationPrefix) -> LoginName {
        LoginName(installation, "provisioner")
    }

    /// The serving process's login for the directory and the cells' shared tables.
    ///
    /// - Parameter installation: The installation's prefix.
    /// - Returns: The name.
    public static func directory(_ installation: InstallationPrefix) -> LoginName {
        LoginName(installation, "directory")
    }

    /// The serving process's login for one membership shard of tenants.
    ///
    /// - Parameters:
    ///   - number: The shard's number, from 0.
    ///   - installation: The installation's prefix.
    /// - Returns: The name.
    public static func shard(_ number: Int, _ installation: InstallationPrefix) -> LoginName {
        LoginName(installation, "s\(number)")
    }
}
