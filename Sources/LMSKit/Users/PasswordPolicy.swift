// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What a password that is chosen must be for one person of one tenant, besides what `Password` checks: NIST SP 800-63B §3.1.1.2.
///
/// Length and lists count, composition does not: no digit is asked for, and nothing is forbidden that can be typed.
public struct PasswordPolicy: Sendable {
    /// The fewest characters.
    public let minimumLength: Int
    private let words: Set<String>

    /// Describes what a password must be.
    ///
    /// - Parameters:
    ///   - tenant: Whose people choose; its name and subdomain are guessed first.
    ///   - email: The address to sign in with.
    ///   - names: What else is known of whoever chooses: their name, the name to sign in with.
    public init(_ tenant: Tenant, email: Email, names: [String?] = []) {
        minimumLength = max(8, tenant.settings.passwordLength)
        var words: Set<String> = []
        for text in [tenant.name, tenant.slug.description, email.address] + names.compactMap(\.self) {
            let lowered = text.lowercased()
            words.insert(lowered)
            words.formUnion(lowered.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        }
        self.words = words.filter { $0.count >= 3 }
    }

    /// Checks a choice.
    ///
    /// A password that is little more than what everybody knows of the person is refused: without those words fewer than five
    /// characters are left.
    ///
    /// - Parameter password: The password.
    /// - Throws: `PasswordProblem.tooShort`; `.resemblesAccount`.
    public func check(_ password: Password) throws(PasswordProblem) {
        let text = password.secret.reveal()
        guard text.count >= minimumLength else { throw .tooShort }
        var rest = text.lowercased()
        for word in words.sorted(by: { ($0.count, $0) > ($1.count, $1) }) {
            rest = rest.replacing(word, with: "")
        }
        guard rest.count >= 5 || rest.count == text.count else { throw .resemblesAccount }
    }
}
