// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// What a message tells somebody, without the words: those are chosen by language when it is delivered.
public struct MailMessage: Sendable {
    let template: MailTemplate
    let parameters: [String: Secret<String>]
    /// For how long it is of use, in seconds.
    let lifetime: Double

    private init(_ template: MailTemplate, _ parameters: [String: Secret<String>] = [:], hours: Double = 48) {
        self.template = template
        self.parameters = parameters
        lifetime = hours * 3600
    }

    /// Asks to confirm that an address is read.
    ///
    /// - Parameters:
    ///   - link: Where to confirm it.
    ///   - hours: How long the link is good.
    /// - Returns: The message.
    public static func verifyEmail(link: Secret<String>, hours: Int) -> MailMessage {
        MailMessage(.verifyEmail, ["link": link, "hours": Secret("\(hours)")], hours: Double(hours))
    }

    /// Lets somebody choose a new password.
    ///
    /// - Parameters:
    ///   - link: Where to choose it.
    ///   - minutes: How long the link is good.
    /// - Returns: The message.
    public static func passwordReset(link: Secret<String>, minutes: Int) -> MailMessage {
        MailMessage(.passwordReset, ["link": link, "minutes": Secret("\(minutes)")], hours: Double(minutes) / 60)
    }

    /// Says that the password was changed.
    public static let passwordChanged = MailMessage(.passwordChanged)

    /// Says, to the old address, that another one took its place.
    public static let emailChanged = MailMessage(.emailChanged)

    /// Says that somebody who is signed in wants to sign in with another address.
    public static let newEmailRequested = MailMessage(.newEmailRequested)

    /// Invites somebody to become a member.
    ///
    /// - Parameter link: Where to accept.
    /// - Returns: The message.
    public static func invitation(link: Secret<String>) -> MailMessage {
        MailMessage(.invitation, ["link": link])
    }

    /// Gives the code of a second step.
    ///
    /// - Parameters:
    ///   - code: The code.
    ///   - minutes: How long it is good.
    /// - Returns: The message.
    public static func signInCode(_ code: Secret<String>, minutes: Int) -> MailMessage {
        MailMessage(.signInCode, ["code": code, "minutes": Secret("\(minutes)")], hours: Double(minutes) / 60)
    }

    /// Says that a way of proving who one is was added or removed.
    public static let secondFactorChanged = MailMessage(.secondFactorChanged)

    /// Says that somebody signed in from a device that was not seen before.
    ///
    /// - Parameter device: What the device calls itself.
    /// - Returns: The message.
    public static func newDevice(_ device: String) -> MailMessage {
        MailMessage(.newDevice, ["device": Secret(String(device.prefix(200)))])
    }

    /// Carries notifications; what they say is read when it is delivered.
    ///
    /// - Parameter token: Unsubscribes by one click; `nil` if that cannot be.
    /// - Returns: The message.
    static func notification(unsubscribing token: Secret<String>?) -> MailMessage {
        MailMessage(.notification, token.map { ["token": $0] } ?? [:])
    }

    /// Shows that the organization's mail arrives.
    public static let trial = MailMessage(.trial)

    /// Says that nothing is sent any more to an endpoint of webhooks.
    ///
    /// - Parameter host: Where it is.
    /// - Returns: The message.
    public static func webhookDisabled(host: String) -> MailMessage {
        MailMessage(.webhookDisabled, ["host": Secret(String(host.prefix(253)))])
    }

    /// Asks whether an account elsewhere may sign in here.
    ///
    /// - Parameters:
    ///   - provider: What the identity provider is called.
    ///   - link: Where to agree.
    ///   - minutes: How long the link is good.
    /// - Returns: The message.
    public static func linkIdentity(provider: String, link: Secret<String>, minutes: Int) -> MailMessage {
        MailMessage(
            .linkIdentity,
            ["provider": Secret(provider), "link": link, "minutes": Secret("\(minutes)")],
            hours: Double(minutes) / 60
        )
    }
}

/// Who gets a message.
public struct MailRecipient: Sendable {
    let user: User.ID?
    let email: Email
    let name: String?
    let language: Language?

    /// Describes a recipient.
    ///
    /// - Parameters:
    ///   - email: The address.
    ///   - name: How they are addressed, if it is known.
    ///   - user: Who they are, if they are a member: their messages are erased with them.
    ///   - language: The language that they read; the tenant's if it is not known.
    public init(_ email: Email, name: String? = nil, user: User.ID? = nil, language: Language?) {
        self.email = email
        self.name = name
        self.user = user
        self.language = language
    }
}

/// The kinds of messages, by their names in the database.
enum MailTemplate: String, CaseIterable, Sendable, DatabaseConvertible {
    case verifyEmail = "verify_email"
    case passwordReset = "password_reset"
    case passwordChanged = "password_changed"
    case newEmailRequested = "new_email_requested"
    case emailChanged = "email_changed"
    case invitation
    case signInCode = "sign_in_code"
    case secondFactorChanged = "second_factor_changed"
    case newDevice = "new_device"
    case linkIdentity = "link_identity"
    case trial
    case webhookDisabled = "webhook_disabled"
    /// Its words are those of what it carries; see `RenderedMail.init(_:unsubscribe:organization:)`.
    case notification
}
