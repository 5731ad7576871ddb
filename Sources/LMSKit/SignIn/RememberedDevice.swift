// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A device on which somebody asked to be remembered: guesses from elsewhere do not keep them out there, and if the tenant allows
/// it, it stands for the second factor that was shown on it.
public struct RememberedDevice: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<RememberedDevice>
    /// The identifier.
    public let id: ID
    /// Whether a second factor was shown on it.
    public let isVerified: Bool
    /// The network address that it was remembered at; `nil` if that was not kept.
    public let address: String?
    /// What the client called itself.
    public let userAgent: String?
    /// Since when it is remembered, UTC.
    public let createdAt: Date
    /// When somebody signed in on it last, UTC.
    public let lastUsedAt: Date
    /// Until when it is remembered, UTC.
    public let expiresAt: Date

    /// Describes a device.
    package init(id: ID, isVerified: Bool, address: String?, userAgent: String?, at instant: Date) {
        self.id = id
        self.isVerified = isVerified
        self.address = address
        self.userAgent = userAgent
        createdAt = instant
        lastUsedAt = instant
        expiresAt = instant
    }

    /// How long a device is remembered.
    static let lifetime: TimeInterval = 30 * 86_400
    /// How many devices somebody has at once; the oldest make room.
    static let perUser = 20
}

extension SignIn {
    /// What is stored of what a device keeps; `nil` if it is none of ours.
    func hash(ofDevice text: Secret<String>?) -> Bytes? {
        guard let text, text.reveal().utf8.count == 43, let bytes = Base64URL.decode(text.reveal()), bytes.count == 32
        else { return nil }
        return Bytes(cryptography.sha256(bytes))
    }

    /// The device of an account that credentials come from, if they come from one.
    func device(_ credentials: Credentials, at tenant: TenantID, tenants: Tenants) async throws -> String? {
        guard let hash = hash(ofDevice: credentials.client.device), let email = Email(credentials.email) else {
            return nil
        }
        let reader = tenants.reader(for: tenant, as: SignIn.principal)
        let row = try await reader.read(.selectDevice(hash, of: email, at: clock.now())).only
        let id: RememberedDevice.ID? = try row?["id"]
        return id?.description
    }

    /// Whether somebody comes from a device on which they showed a second factor.
    func isVerified(
        _ entrance: Entrance,
        at now: Date,
        session: borrowing TenantSession
    ) async throws(DatabaseError) -> Bool {
        guard let hash = hash(ofDevice: entrance.client.device) else { return false }
        let rows = try await session.execute(.useDevice(hash, of: entrance.user, at: now))
        return try rows.only?["is_verified"] ?? false
    }

    /// Remembers a device.
    ///
    /// - Returns: What the device keeps, and the statements.
    func remember(_ entrance: Entrance, isVerified: Bool, at now: Date) -> (token: Secret<String>, statements: [SQL]) {
        let bytes = cryptography.randomBytes(32)
        let statements: [SQL] = [
            .insertDevice(
                identifiers.next(),
                of: entrance,
                hash: Bytes(cryptography.sha256(bytes)),
                isVerified: isVerified,
                at: now,
                until: now.addingTimeInterval(RememberedDevice.lifetime)
            ),
            .deleteDevices(of: entrance.user, keeping: RememberedDevice.perUser, at: now),
        ]
        return (Secret(Base64URL.encode(bytes)), statements)
    }
}

extension SQL {
    static func selectDevice(_ hash: Bytes, of email: Email, at instant: Date) -> SQL {
        """
        SELECT d.id FROM remembered_devices d JOIN users u ON u.id = d.user_id
        WHERE d.token_hash = \(hash) AND d.expires_at > \(instant) AND u.email_key = \(email.key)
        """
    }

    static func useDevice(_ hash: Bytes, of user: User.ID, at instant: Date) -> SQL {
        """
        UPDATE remembered_devices SET last_used_at = \(instant)
        WHERE token_hash = \(hash) AND user_id = \(user) AND expires_at > \(instant)
        RETURNING is_verified
        """
    }

    static func insertDevice(
        _ id: RememberedDevice.ID,
        of entrance: Entrance,
        hash: Bytes,
        isVerified: Bool,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO remembered_devices (id, user_id, token_hash, is_verified, address, user_agent, created_at, last_used_at,
            expires_at)
        VALUES (\(id), \(entrance.user), \(hash), \(isVerified), \(entrance.client.origin.address),
            \(entrance.client.origin.userAgent), \(instant), \(instant), \(end))
        """
    }

    static func deleteDevices(of user: User.ID, keeping count: Int, at instant: Date) -> SQL {
        """
        DELETE FROM remembered_devices
        WHERE user_id = \(user) AND (
            expires_at < \(instant)
            OR id IN (SELECT id FROM remembered_devices WHERE user_id = \(user) ORDER BY id DESC OFFSET \(count)))
        """
    }

    /// Forgets every device of a user, after what they show has changed.
    static func forgetDevices(of user: User.ID) -> SQL {
        "DELETE FROM remembered_devices WHERE user_id = \(user)"
    }
}
