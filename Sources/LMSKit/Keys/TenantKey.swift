// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// A tenant's data key, opened: seals the secrets that are stored in its schema.
///
/// What is sealed is bound to the tenant and to its purpose, so that a ciphertext copied to another tenant or column
/// does not
/// open there.
public struct TenantKey: Sendable {
    /// The identifier.
    public typealias ID = Identifier<TenantKey>
    /// The identifier, to be stored beside what it seals.
    public let id: ID
    let tenant: TenantID
    let createdAt: Date
    let material: Secret<[UInt8]>
    let cryptography: any Cryptography
    /// The keys before, the newest first: they still open what they sealed.
    var earlier: [TenantKey] = []

    /// Encrypts a secret.
    ///
    /// - Parameters:
    ///   - secret: The secret.
    ///   - purpose: What it is for, such as the table, the column and the row's key.
    /// - Returns: What may be stored.
    /// - Throws: `KeyError.unusable` if the key is damaged.
    public func seal(_ secret: Secret<[UInt8]>, for purpose: String) throws(KeyError) -> [UInt8] {
        do {
            return try cryptography.seal(secret.reveal(), key: material.reveal(), context: context(purpose))
        } catch {
            throw .unusable
        }
    }

    /// Decrypts a secret that this key or an earlier one sealed.
    ///
    /// - Parameters:
    ///   - sealed: What was stored.
    ///   - purpose: What was given to `seal`.
    /// - Returns: The secret.
    /// - Throws: `KeyError.unusable` if it was changed, or sealed for another tenant or purpose.
    public func open(_ sealed: [UInt8], for purpose: String) throws(KeyError) -> Secret<[UInt8]> {
        for key in [self] + earlier {
            if let secret = key.openAlone(sealed, for: purpose) { return secret }
        }
        throw .unusable
    }

    /// Decrypts what this key itself sealed; `nil` for anything else.
    func openAlone(_ sealed: [UInt8], for purpose: String) -> Secret<[UInt8]>? {
        do {
            return Secret(try cryptography.open(sealed, key: material.reveal(), context: context(purpose)))
        } catch {
            return nil
        }
    }

    /// A key for one more use, which tells nothing about this one.
    func derive(_ purpose: StaticString) -> Secret<[UInt8]> {
        Secret(cryptography.hmacSHA256(context(purpose.description), key: material.reveal()))
    }

    private func context(_ purpose: String) -> [UInt8] {
        Array("lms:\(tenant):\(id):\(purpose)".utf8)
    }
}

/// Why a tenant's keys cannot be used.
@nonexhaustive
public enum KeyError: Error, Sendable, Equatable {
    /// The configuration lacks the master key of this name.
    case masterKeyMissing(String)
    /// A stored key or secret does not open: it was changed, or belongs elsewhere.
    case unusable
    /// The database failed.
    case database(DatabaseError)
}
