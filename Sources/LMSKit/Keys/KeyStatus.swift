// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Which keys a tenant has; nothing of the keys themselves.
public struct KeyStatus: Sendable {
    /// The data keys, the newest last.
    public let dataKeys: [DataKey]
    /// The signing keys, the newest first.
    public let signingKeys: [SigningKey]

    /// A data key.
    public struct DataKey: Sendable {
        /// The identifier.
        public let id: TenantKey.ID
        /// The master key that it is sealed under.
        public let masterKey: String
        /// When it was made, in UTC.
        public let createdAt: Date
    }

    /// A signing key.
    public struct SigningKey: Sendable {
        /// The key's name in tokens (`kid`).
        public let name: String
        /// Whether it signs, will sign or did.
        public let state: State
        /// When it was made, in UTC.
        public let createdAt: Date

        /// What a signing key is for at a time.
        @nonexhaustive
        public enum State: String, Sendable {
            /// Known already, and takes over soon.
            case next
            /// Signs.
            case current
            /// Was taken over from and still verifies.
            case previous
            /// Verifies no more.
            case retired
        }
    }
}

extension KeyRotation {
    /// Lists a tenant's keys in one round trip.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: The keys.
    /// - Throws: `KeyError.database`.
    public func status(reader: TenantReader) async throws(KeyError) -> KeyStatus {
        do {
            let replies = try await reader.read([.selectTenantKeys(), .listSigningKeys()])
            let now = now
            var isCurrentFound = false
            var signing: [KeyStatus.SigningKey] = []
            for row in replies[1] {
                let activatesAt: Date = try row["activates_at"]
                let retiredAt: Date? = try row["retired_at"]
                let state: KeyStatus.SigningKey.State
                if activatesAt > now {
                    state = .next
                } else if !isCurrentFound {
                    isCurrentFound = true
                    state = .current
                } else {
                    state = SigningKeys.verifies(retiredAt: retiredAt, at: now) ? .previous : .retired
                }
                let id: Identifier<KeyStatus> = try row["id"]
                signing.append(
                    KeyStatus.SigningKey(name: id.description, state: state, createdAt: try row["created_at"])
                )
            }
            let data = try replies[0].map { row in
                KeyStatus.DataKey(id: try row["id"], masterKey: try row["master_key"], createdAt: try row["created_at"])
            }
            return KeyStatus(dataKeys: data, signingKeys: signing)
        } catch {
            throw KeyError(error)
        }
    }
}
