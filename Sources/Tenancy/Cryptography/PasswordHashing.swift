// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Hashes passwords slowly, away from the event loops, and with a bound on how many at once.
public protocol PasswordHashing: Sendable {
    /// Hashes a new password under a fresh salt.
    ///
    /// - Parameter password: The password, 1 through 511 bytes and no NUL.
    /// - Returns: The hash in crypt(5) form.
    /// - Throws: `PasswordHashingError.busy` if too many are waiting.
    func hash(_ password: Secret<String>) async throws(PasswordHashingError) -> String

    /// Checks a password. Takes as long for a malformed or missing hash as for a good one.
    ///
    /// - Parameters:
    ///   - password: The password that was given.
    ///   - hash: The stored hash; `nil` for an account that does not exist.
    /// - Returns: Whether it matches, and whether the hash should be made anew.
    /// - Throws: `PasswordHashingError.busy` if too many are waiting.
    func verify(_ password: Secret<String>, against hash: String?) async throws(PasswordHashingError) -> PasswordVerdict
}

/// What checking a password showed.
public enum PasswordVerdict: Sendable, Hashable {
    /// It is the password.
    case match
    /// It is the password, and its hash is of an imported kind that should be replaced.
    case matchToRehash
    /// It is not the password.
    case mismatch
}

/// Why a password was not hashed.
@nonexhaustive
public enum PasswordHashingError: Error, Sendable {
    /// The queue is full; try again in a second.
    case busy
    /// The password is empty, longer than 511 bytes or holds a NUL: crypt(3) would see only a part of it.
    case unusable
}
