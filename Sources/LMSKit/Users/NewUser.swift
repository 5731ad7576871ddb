// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
internal import LMSTenancy

/// What a user starts with.
public struct NewUser: Sendable {
    /// The address to sign in with.
    public var email: Email
    /// The name that others see, 1–255 characters.
    public var displayName: String
    /// The hash of their password; `nil` for somebody who cannot sign in with one.
    public var password: PasswordHash?
    /// The name to sign in with, if they have one.
    public var username: Username?
    /// The language that they want; the tenant's without one.
    public var locale: String?
    /// `invited` for somebody who has yet to come; else `active`.
    public var status = User.Status.active
    /// When they showed that the address is theirs.
    public var emailVerifiedAt: Date?

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
    public var displayName: Change<String> = .keep
    /// Where their picture is: `https://…`, 500 characters at most.
    public var avatarURL: Change<String?> = .keep
    /// The name to sign in with.
    public var username: Change<Username?> = .keep
    /// The telephone number; another one has to be verified again.
    public var phone: Change<PhoneNumber?> = .keep
    /// The language that they want: `en`, `es` or `ar`.
    public var locale: Change<String?> = .keep
    /// The name of their time zone in the IANA database.
    public var timeZone: Change<TimeZoneName?> = .keep
    /// How they want the platform to be: all of it.
    public var preferences: Change<Preferences> = .keep

    /// No change.
    public init() {}

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

/// A profile as it is written.
struct Profile: Sendable {
    let displayName: String
    let avatarURL: String?
    let username: Username?
    let phone: PhoneNumber?
    let locale: String?
    let timeZone: TimeZoneName?
    let preferences: Preferences

    init(_ user: User, _ changes: ProfileChanges) {
        displayName = changes.displayName.applied(to: user.displayName)
        avatarURL = changes.avatarURL.applied(to: user.avatarURL)
        username = changes.username.applied(to: user.username)
        phone = changes.phone.applied(to: user.phone)
        locale = changes.locale.applied(to: user.locale)
        timeZone = changes.timeZone.applied(to: user.timeZone)
        preferences = changes.preferences.applied(to: user.preferences)
    }
}

/// Which users a list has.
public struct UserFilter: Sendable {
    /// Only those with this status.
    public var status: User.Status?
    /// Only those who hold this role.
    public var role: Role.Name?
    /// Only those whose name, address or name to sign in with has this in it, in any case.
    public var search: String?
    /// Only whoever has this address.
    public var email: Email?

    /// Describes a filter.
    ///
    /// - Parameters:
    ///   - status: Only those with this status.
    ///   - role: Only those who hold this role.
    ///   - search: Only those whose name, address or name to sign in with has this in it.
    ///   - email: Only whoever has this address.
    public init(
        status: User.Status? = nil,
        role: Role.Name? = nil,
        search: String? = nil,
        email: Email? = nil
    ) {
        self.email = email
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
