// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A key of the configuration under which tenants' keys are sealed.
public struct MasterKey: Sendable {
    /// What it is called in the database, so that a later key can take over.
    public let name: String
    let secret: Secret<[UInt8]>

    /// Names a key.
    ///
    /// - Parameters:
    ///   - name: What it is called, 1–64 characters.
    ///   - secret: 32 bytes.
    public init?(name: String, secret: Secret<[UInt8]>) {
        guard (1...64).contains(name.utf8.count), secret.reveal().count == 32 else { return nil }
        self.name = name
        self.secret = secret
    }
}

/// The master keys: the one that seals now, and earlier ones that still open.
public struct MasterKeys: Sendable {
    let current: MasterKey
    private let all: [String: MasterKey]

    /// Puts the keys together.
    ///
    /// - Parameters:
    ///   - current: Seals the keys of new tenants.
    ///   - earlier: Open what they sealed.
    public init(current: MasterKey, earlier: [MasterKey] = []) {
        self.current = current
        all = Dictionary((earlier + [current]).map { ($0.name, $0) }) { $1 }
    }

    func key(named name: String) -> MasterKey? { all[name] }
}
