// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// An address that a link is to be mailed to.
struct MailboxRequest: RequestBody {
    let email: Email

    init(fields: inout FieldReader) {
        email = fields.required("email", .email)
    }
}

/// `POST /api/v1/auth/reset-password`.
struct PasswordResetRequest: RequestBody {
    let token: Secret<String>
    let password: Password

    init(fields: inout FieldReader) {
        token = fields.required("token", .mailedToken)
        password = fields.required("password", .newPassword)
    }
}

/// `POST /api/v1/auth/verify-email/confirm`.
struct VerificationRequest: RequestBody {
    let token: Secret<String>

    init(fields: inout FieldReader) {
        token = fields.required("token", .mailedToken)
    }
}

/// `POST /api/v1/auth/change-email/confirm`.
struct EmailChangeConfirmation: RequestBody {
    let token: Secret<String>

    init(fields: inout FieldReader) {
        token = fields.required("token", .mailedToken)
    }
}

/// `POST /api/v1/users/me/password`.
struct PasswordChangeRequest: RequestBody {
    let oldPassword: Secret<String>
    let newPassword: Password

    init(fields: inout FieldReader) {
        oldPassword = fields.required("oldPassword", .typedPassword)
        newPassword = fields.required("newPassword", .newPassword)
    }
}

/// `POST /api/v1/users/me/email`.
struct EmailChangeRequest: RequestBody {
    let email: Email
    let password: Secret<String>

    init(fields: inout FieldReader) {
        email = fields.required("email", .email)
        password = fields.required("password", .typedPassword)
    }
}

extension FieldRule where Self == ParsedRule<Secret<String>> {
    /// A token that came by mail; whatever it is, it is looked for.
    static var mailedToken: ParsedRule<Secret<String>> {
        .parsed(
            format: "token",
            1...512,
            example: "kN0hT2vJ8mQ4sYb6wLxZ1cRfPdUeAoGiHnBtVyXqK3E",
            placeholder: Secret("")
        ) { Secret($0) }
    }
}
