// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Hashes and checks passwords; slow on purpose, so never while a transaction is open.
public struct Passwords: Sendable {
    private let hashing: any PasswordHashing

    /// Makes the service.
    ///
    /// - Parameter hashing: The driver that hashes, off the event loops.
    public init(_ hashing: any PasswordHashing) {
        self.hashing = hashing
    }

    /// Hashes a password that somebody chose.
    ///
    /// - Parameter password: The password.
    /// - Returns: Its hash.
    /// - Throws: `PasswordHashingError.busy` if too many are waiting.
    public func hash(_ password: Password) async throws(PasswordHashingError) -> PasswordHash {
        try await hash(password.secret)
    }

    func hash(_ password: Secret<String>) async throws(PasswordHashingError) -> PasswordHash {
        guard let hash = PasswordHash(try await hashing.hash(password)) else { throw .unusable }
        return hash
    }

    /// Checks what somebody typed; as slow without a hash as with one.
    func verify(_ typed: Secret<String>, against hash: String?) async throws(PasswordHashingError) -> PasswordVerdict {
        try await hashing.verify(typed, against: hash)
    }
}
