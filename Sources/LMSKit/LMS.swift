// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The learning platform's domain: one service for each feature.
///
/// It holds no tenant and no connection; each call brings its tenant's session or reader.
public struct LMS: Sendable {
    /// The audit log.
    public let audit: Audit
    /// Makes, finds and changes people.
    public let users: Users
    /// Makes and changes the tenants' own roles.
    public let roles: Roles
    /// Hashes passwords.
    public let passwords: Passwords

    /// Puts the services together.
    ///
    /// - Parameters:
    ///   - cryptography: The cryptographic primitives.
    ///   - passwordHashing: Hashes passwords, off the event loops.
    ///   - clock: Dates what happens.
    public init(
        cryptography: any Cryptography,
        passwordHashing: any PasswordHashing,
        clock: WallClock = .system
    ) {
        let identifiers = IdentifierSource(clock: clock)
        audit = Audit(clock: clock, identifiers: identifiers)
        users = Users(clock: clock, identifiers: identifiers, audit: audit)
        roles = Roles(clock: clock, identifiers: identifiers, audit: audit)
        passwords = Passwords(passwordHashing)
    }
}
