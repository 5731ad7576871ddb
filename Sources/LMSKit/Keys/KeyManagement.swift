// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// Seals the tenants' data keys under master keys that the database never sees: in this process or in a service of its own.
///
/// What is sealed is bound to a context; opening it with another one fails.
public protocol KeyManagement: Sendable {
    /// The name of the master key that seals now.
    var currentKey: String { get }

    /// Seals a data key under the current master key.
    ///
    /// - Parameters:
    ///   - dataKey: 32 bytes.
    ///   - context: What it is for.
    /// - Returns: The sealed key with the name of the master key.
    /// - Throws: `KeyError.unusable` if the service refused it.
    func wrap(_ dataKey: Secret<[UInt8]>, context: [UInt8]) async throws(KeyError) -> WrappedKey

    /// Opens a data key.
    ///
    /// - Parameters:
    ///   - key: What `wrap` returned, perhaps under an earlier master key.
    ///   - context: What was given to `wrap`.
    /// - Returns: 32 bytes.
    /// - Throws: `KeyError.masterKeyMissing`; `.unusable` if it was changed or belongs elsewhere.
    func unwrap(_ key: WrappedKey, context: [UInt8]) async throws(KeyError) -> Secret<[UInt8]>
}

/// A sealed data key.
public struct WrappedKey: Sendable, Hashable {
    /// The master key that opens it.
    public let masterKey: String
    /// The sealed bytes.
    public let sealed: [UInt8]

    /// Describes a sealed key.
    ///
    /// - Parameters:
    ///   - masterKey: The name of the master key that opens it.
    ///   - sealed: The sealed bytes.
    public init(masterKey: String, sealed: [UInt8]) {
        self.masterKey = masterKey
        self.sealed = sealed
    }
}

/// Seals with master keys that the process has in its memory.
struct ConfiguredKeyManagement: KeyManagement {
    let masterKeys: MasterKeys
    let cryptography: any Cryptography

    var currentKey: String { masterKeys.current.name }

    func wrap(_ dataKey: Secret<[UInt8]>, context: [UInt8]) async throws(KeyError) -> WrappedKey {
        let master = masterKeys.current
        do {
            let sealed = try cryptography.seal(dataKey.reveal(), key: master.secret.reveal(), context: context)
            return WrappedKey(masterKey: master.name, sealed: sealed)
        } catch {
            throw .unusable
        }
    }

    func unwrap(_ key: WrappedKey, context: [UInt8]) async throws(KeyError) -> Secret<[UInt8]> {
        guard let master = masterKeys.key(named: key.masterKey) else { throw .masterKeyMissing(key.masterKey) }
        do {
            return Secret(try cryptography.open(key.sealed, key: master.secret.reveal(), context: context))
        } catch {
            throw .unusable
        }
    }
}
