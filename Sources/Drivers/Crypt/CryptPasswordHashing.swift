// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSEventLoop
public import LMSTenancy

/// Password hashing through libcrypt: yescrypt for new hashes, bcrypt verified for imported accounts.
public struct CryptPasswordHashing: PasswordHashing {
    private let pool: SidePool
    private let cost: Int
    private let currentPrefix: String
    private let knownPrefixes: Set<String>
    private let dummy: String

    /// Prepares the hashing.
    ///
    /// - Parameters:
    ///   - pool: The threads that hash, and how many passwords may wait. Give it no other work: a hash takes 20 ms.
    ///   - cost: yescrypt's cost, 1 through 11: each step doubles memory and time. 5 takes 16 MB for 20 ms.
    /// - Throws: `CryptError.unsupported` if this libcrypt has no yescrypt of that cost.
    public init(pool: SidePool, cost: Int = 5) throws(CryptError) {
        var prefixes: [String] = []
        for known in 1...max(7, cost) {
            guard let setting = CryptWorkspace.yescryptSetting(cost: known) else { throw .unsupported(cost: cost) }
            prefixes.append(Self.prefix(of: setting))
        }
        guard prefixes.indices.contains(cost - 1), let setting = CryptWorkspace.yescryptSetting(cost: cost),
            let dummy = CryptWorkspace().hash("no account has this password", setting: setting)
        else { throw .unsupported(cost: cost) }
        self.pool = pool
        self.cost = cost
        self.dummy = String(decoding: dummy, as: UTF8.self)
        currentPrefix = prefixes[cost - 1]
        knownPrefixes = Set(prefixes)
    }

    /// Hashes a new password with yescrypt under a fresh salt.
    public func hash(_ password: Secret<String>) async throws(PasswordHashingError) -> String {
        guard Self.isUsable(password.reveal()) else { throw .unusable }
        let cost = cost
        let hash = try await onPool { () -> [UInt8]? in
            guard let setting = CryptWorkspace.yescryptSetting(cost: cost) else { return nil }
            return CryptWorkspace().hash(password.reveal(), setting: setting)
        }
        guard let hash else { throw .unusable }
        return String(decoding: hash, as: UTF8.self)
    }

    /// Checks a password; a missing or malformed hash takes the time of a good one.
    public func verify(
        _ password: Secret<String>,
        against hash: String?
    ) async throws(PasswordHashingError) -> PasswordVerdict {
        let stored = hash.flatMap { StoredHash($0, current: currentPrefix, known: knownPrefixes) }
        let dummy = dummy
        return try await onPool {
            let workspace = CryptWorkspace()
            let isUsable = Self.isUsable(password.reveal())
            let usable = isUsable ? password.reveal() : "unusable"
            switch stored {
            case .current(let text):
                return workspace.isHash(text, of: usable) && isUsable ? .match : .mismatch
            case .outdated(let text):
                return workspace.isHash(text, of: usable) && isUsable ? .matchToRehash : .mismatch
            case nil:
                _ = workspace.isHash(dummy, of: usable)
                return .mismatch
            }
        }
    }

    private func onPool<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(PasswordHashingError) -> Value {
        do {
            return try await pool.run(body)
        } catch {
            throw .busy  // the closure itself throws nothing
        }
    }

    /// `$y$j9T$` of `$y$j9T$salt`.
    private static func prefix(of setting: String) -> String {
        setting.split(separator: "$", omittingEmptySubsequences: false).prefix(3).joined(separator: "$") + "$"
    }

    private static func isUsable(_ password: String) -> Bool {
        (1...511).contains(password.utf8.count) && !password.utf8.contains(0)
    }
}

extension CryptWorkspace {
    fileprivate func isHash(_ stored: String, of password: String) -> Bool {
        guard let computed = hash(password, setting: stored) else { return false }
        let expected = Array(stored.utf8)
        guard computed.count == expected.count else { return false }
        return zip(computed, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Why libcrypt cannot be used.
@nonexhaustive
public enum CryptError: Error, Sendable, Equatable {
    /// This libcrypt has no yescrypt of the cost.
    case unsupported(cost: Int)
}

extension CryptError: CustomStringConvertible {
    /// What is missing.
    public var description: String {
        switch self {
        case .unsupported(let cost):
            "libcrypt offers no yescrypt of cost \(cost): 1 through 11 are possible with libxcrypt 4.4"
        }
    }
}
