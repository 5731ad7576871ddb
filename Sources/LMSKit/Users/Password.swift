// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A password that may be chosen: 8–128 characters and none that everybody tries first.
///
/// Checking a password at sign-in needs no such value: whatever was typed is compared.
public struct Password: Sendable {
    /// The password itself.
    public let secret: Secret<String>

    /// Checks a choice.
    ///
    /// - Parameter text: The text as it came from outside; it is neither trimmed nor changed.
    /// - Throws: What is wrong with it.
    public init(_ text: String) throws(PasswordProblem) {
        // Combining marks can make a character of any length, and the hash takes 512 bytes.
        guard text.count <= 128, text.utf8.count <= 512 else { throw .tooLong }
        guard text.count >= 8 else { throw .tooShort }
        guard !text.utf8.contains(0) else { throw .unusable }
        guard !CommonPasswords.contain(text) else { throw .tooCommon }
        secret = Secret(text)
    }

    /// No password that could be typed, for what only describes.
    package static let placeholder = Password(unchecked: "")

    private init(unchecked text: String) {
        secret = Secret(text)
    }
}

/// What is wrong with a password that somebody chose.
@nonexhaustive
public enum PasswordProblem: Error, Sendable, Equatable {
    /// It has fewer than 8 characters.
    case tooShort
    /// It has more than 128 characters or 512 bytes.
    case tooLong
    /// It is among those that are guessed first.
    case tooCommon
    /// It is little more than the name or the address of whoever chose it, or of their organization.
    case resemblesAccount
    /// It holds a NUL, which no hash takes.
    case unusable
}

/// A password's hash in crypt(5) form.
public struct PasswordHash: Sendable {
    let text: Secret<String>

    /// Wraps a hash that was made here or imported.
    ///
    /// - Parameter text: The hash in crypt(5) form: `$y$…`, `$2b$…`.
    public init?(_ text: String) {
        guard text.utf8.first == UInt8(ascii: "$"), text.utf8.count <= 512 else { return nil }
        self.text = Secret(text)
    }
}
