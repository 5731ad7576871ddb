// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension MailTemplate {
    /// The words in English.
    var english: MailText {
        switch self {
        case .verifyEmail:
            MailText(
                subject: "Confirm your address for {organization}",
                paragraphs: [
                    "Please confirm that this is your address. The link is good for {hours} hours.",
                    "If it was not you, ignore this message and nothing happens.",
                ],
                action: "Confirm my address"
            )
        case .passwordReset:
            MailText(
                subject: "Choose a new password for {organization}",
                paragraphs: [
                    "Somebody asked for a new password for your account. The link is good once, for {minutes} "
                        + "minutes.",
                    "If it was not you, ignore this message: your password stays as it is.",
                ],
                action: "Choose a new password"
            )
        case .passwordChanged:
            MailText(
                subject: "Your password was changed",
                paragraphs: [
                    "The password of your account at {organization} was changed, and you were signed out "
                        + "everywhere else.",
                    "If it was not you, choose a new password at once and tell an administrator.",
                ]
            )
        case .newEmailRequested:
            MailText(
                subject: "Somebody wants to change your address",
                paragraphs: [
                    "Somebody who is signed in to your account at {organization} wants to sign in with another address.",
                    "If it was not you, change your password at once and tell an administrator.",
                ]
            )
        case .emailChanged:
            MailText(
                subject: "Your address was changed",
                paragraphs: [
                    "Your account at {organization} has another address now. This one is no longer good to sign "
                        + "in with.",
                    "If it was not you, tell an administrator at once.",
                ]
            )
        case .invitation:
            MailText(
                subject: "You are invited to {organization}",
                paragraphs: ["You are invited to {organization}. The link is good once."],
                action: "Accept the invitation"
            )
        case .signInCode:
            MailText(
                subject: "Your code for {organization}",
                paragraphs: [
                    "Your code is {code}. It is good once, for {minutes} minutes.",
                    "Nobody from {organization} will ever ask you for it. If you are not signing in, change your "
                        + "password.",
                ]
            )
        case .secondFactorChanged:
            MailText(
                subject: "Your second step was changed",
                paragraphs: [
                    "The second step of signing in to your account at {organization} was changed.",
                    "If it was not you, tell an administrator at once.",
                ]
            )
        case .newDevice:
            MailText(
                subject: "A new device signed in",
                paragraphs: [
                    "Somebody signed in to your account at {organization} with a device that we have not seen "
                        + "before: {device}",
                    "If it was not you, change your password and sign out everywhere.",
                ]
            )
        case .trial:
            MailText(
                subject: "A message from {organization} to try out its mail",
                paragraphs: ["The mail settings of {organization} work: this message was sent by them."]
            )
        case .webhookDisabled:
            MailText(
                subject: "A webhook of {organization} was disabled",
                paragraphs: [
                    "Nothing is sent any more to the webhook endpoint at {host}: it wants no more events, or took none "
                        + "for three days.",
                    "Look at its deliveries, put it right, enable it again, and have what it missed sent once more.",
                ]
            )
        case .linkIdentity:
            MailText(
                subject: "Sign in to {organization} with {provider}?",
                paragraphs: [
                    "An account at {provider} with your address wants to sign in to {organization} as you. The "
                        + "link is good once, for {minutes} minutes.",
                    "If it was not you, ignore this message and nothing happens.",
                ],
                action: "Yes, that is me"
            )
        case .notification: MailText(subject: "{organization}", paragraphs: [])
        }
    }
}
