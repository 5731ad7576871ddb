// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Makes isolation a fact of one database: its logins, and the rights that nobody keeps.
///
/// Run once per database by a superuser; running it again changes nothing but the passwords it is given. Without the
/// revocations a single SELECT escapes its tenant, because `set_config` may change the role in the middle of a statement.
public struct DatabaseHardening: Sendable {
    private let installation: InstallationPrefix
    private let shards: Int

    /// Describes an installation.
    ///
    /// - Parameters:
    ///   - installation: What leads the names of its roles.
    ///   - shards: How many membership shards it has, each a login for at most 500 tenants.
    public init(installation: InstallationPrefix, shards: Int) {
        self.installation = installation
        self.shards = shards
    }

    /// Hardens the database that the connection is open on.
    ///
    /// - Parameters:
    ///   - administration: A superuser's connection; a plain owner's revocations only warn and do nothing.
    ///   - password: The password of each login.
    /// - Throws: `HardeningError.notSuperuser`; otherwise what the server said.
    public func harden(
        with administration: any DatabaseAdministration,
        password: (LoginName) -> Secret<String>
    ) async throws {
        let rows = try await administration.execute(.currentUserIsSuperuser)
        let isSuperuser: Bool = try rows.only?["is_superuser"] ?? false
        guard isSuperuser else { throw HardeningError.notSuperuser }
        for login in logins {
            try await administration.run(.createLogin(login, password: password(login)))
        }
        try await administration.run(.revokePublicRights)
        try await administration.run(.grantLogins(logins, provisioner: .provisioner(installation)))
        try await administration.run(.roleFunctions(installation, provisioner: .provisioner(installation)))
    }

    private var logins: [LoginName] {
        [.provisioner(installation), .directory(installation)] + (0..<shards).map { .shard($0, installation) }
    }
}

/// Why a database was not hardened.
@nonexhaustive
public enum HardeningError: Error, Sendable {
    /// The connection's login is not a superuser.
    case notSuperuser
}
