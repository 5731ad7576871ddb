// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// A password that somebody chooses.
struct NewPasswordRule: FieldRule {
    var schema: Schema { .text(8...128, format: "password", example: "correct horse battery staple") }
    var placeholder: Password { .placeholder }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Password? {
        guard case .string(let text) = value else {
            issues.add(.wrongType, at: field)
            return nil
        }
        do {
            return try Password(text)
        } catch {
            issues.add(error.code, at: field)
            return nil
        }
    }
}

/// A password as it was typed: whatever it is, it is compared.
struct TypedPasswordRule: FieldRule {
    var schema: Schema { .text(1...512, format: "password", example: "correct horse battery staple") }
    var placeholder: Secret<String> { Secret("") }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Secret<String>? {
        guard case .string(let text) = value else {
            issues.add(.wrongType, at: field)
            return nil
        }
        guard (1...512).contains(text.utf8.count) else {
            issues.add(text.isEmpty ? .tooShort : .tooLong, at: field)
            return nil
        }
        return Secret(text)
    }
}

extension FieldRule where Self == NewPasswordRule {
    /// A password that somebody chooses.
    static var newPassword: NewPasswordRule { NewPasswordRule() }
}

extension FieldRule where Self == TypedPasswordRule {
    /// A password as it was typed.
    static var typedPassword: TypedPasswordRule { TypedPasswordRule() }
}

extension FieldRule where Self == ParsedRule<Email> {
    /// An e-mail address.
    static var email: ParsedRule<Email> {
        .parsed(format: "email", 3...254, example: Email.example.address, placeholder: .example) { Email($0) }
    }
}

extension PasswordProblem {
    var code: FieldIssue.Code {
        switch self {
        case .tooShort: .tooShort
        case .tooLong: .tooLong
        case .tooCommon: .tooCommon
        case .resemblesAccount: .resemblesAccount
        case .unusable: .controlCharacter
        }
    }
}

extension FieldIssue.Code {
    static let tooCommon = Self(
        "TOO_COMMON",
        en: "is among the passwords that are guessed first",
        es: "es una de las contraseñas que se prueban primero",
        ar: "من كلمات المرور التي تُخمَّن أولاً"
    )
    static let resemblesAccount = Self(
        "RESEMBLES_ACCOUNT",
        en: "is little more than a name or an address that others know",
        es: "es poco más que un nombre o una dirección que otros conocen",
        ar: "ليست أكثر من اسم أو عنوان يعرفه الآخرون"
    )
}
