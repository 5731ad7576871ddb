// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a user starts with.
public struct NewUser: Sendable {
    /// The address to sign in with.
    public var email: Email
    /// The name that others see, 1–255 characters.
    public var displayName: String
    /// The hash of their password; `nil` for somebody who cannot sign in with one.
    public var password: PasswordHash?

    /// Describes a user.
    ///
    /// - Parameters:
    ///   - email: The address to sign in with.
    ///   - displayName: The name that others see; the address up to its `@` if it is `nil` or empty.
    ///   - password: The hash of their password.
    public init(email: Email, displayName: String? = nil, password: PasswordHash?) {
        self.email = email
        if let displayName, !displayName.isEmpty {
            self.displayName = displayName
        } else {
            self.displayName = String(email.address.prefix { $0 != "@" })
        }
        self.password = password
    }
}

/// What becomes of a user's profile, of which neither the address nor the roles are part.
public struct ProfileChanges: Sendable {
    /// The name that others see, 1–255 characters.
    public var displayName: Change<String>
    /// Where their picture is: `https://…`, 500 characters at most.
    public var avatarURL: Change<String?>

    /// Describes a change.
    ///
    /// - Parameters:
    ///   - displayName: The name that others see.
    ///   - avatarURL: Where their picture is.
    public init(displayName: Change<String> = .keep, avatarURL: Change<String?> = .keep) {
        self.displayName = displayName
        self.avatarURL = avatarURL
    }
}

/// Which users a list has.
public struct UserFilter: Sendable {
    /// Only those with this status.
    public var status: User.Status?
    /// Only those who hold this role.
    public var role: Role.Name?
    /// Only those whose name or address has this in it, in any case.
    public var search: String?

    /// Describes a filter.
    ///
    /// - Parameters:
    ///   - status: Only those with this status.
    ///   - role: Only those who hold this role.
    ///   - search: Only those whose name or address has this in it.
    public init(status: User.Status? = nil, role: Role.Name? = nil, search: String? = nil) {
        self.status = status
        self.role = role
        self.search = search
    }

    /// The pattern for LIKE, in which what was searched for stands for itself.
    var pattern: String? {
        search.map { text in
            "%" + text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_") + "%"
        }
    }
}
