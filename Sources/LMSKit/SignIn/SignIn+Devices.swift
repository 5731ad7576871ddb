// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension SignIn {
    /// Lists the devices on which somebody is remembered, the newest first; 20 at most.
    ///
    /// - Parameter reader: The tenant's data, for whoever asks.
    /// - Returns: The devices that are not over.
    /// - Throws: `SignInError.notFound` for who is no user; `.database`.
    public func devices(reader: TenantReader) async throws(SignInError) -> [RememberedDevice] {
        guard let user = reader.principal.user else { throw .notFound }
        do {
            return try await reader.read(.selectDevices(of: user, at: clock.now())).map { row throws(DatabaseError) in
                try RememberedDevice(row: row)
            }
        } catch {
            throw SignInError(error)
        }
    }

    /// Forgets one of the principal's own devices: what it keeps stands for nothing from then on.
    ///
    /// - Parameters:
    ///   - id: The device.
    ///   - session: The tenant's open transaction.
    /// - Throws: `SignInError.notFound` if it is another's, was forgotten, or never was; `.database`.
    public func forgetDevice(_ id: RememberedDevice.ID, session: borrowing TenantSession) async throws(SignInError) {
        guard let user = session.principal.user else { throw .notFound }
        do {
            guard try await session.execute(.deleteDevice(id, of: user)).affected == 1 else {
                throw SignInError.notFound
            }
            try await session.execute(audit.recording(AuditEvent("device.forgotten", on: id), by: session.principal))
        } catch {
            throw SignInError(error)
        }
    }
}

extension RememberedDevice {
    init(row: Row) throws(DatabaseError) {
        id = try row["id"]
        isVerified = try row["is_verified"]
        address = try row["address"]
        userAgent = try row["user_agent"]
        createdAt = try row["created_at"]
        lastUsedAt = try row["last_used_at"]
        expiresAt = try row["expires_at"]
    }
}

extension SQL {
    static func selectDevices(of user: User.ID, at instant: Date) -> SQL {
        """
        SELECT id, is_verified, address, user_agent, created_at, last_used_at, expires_at FROM remembered_devices
        WHERE user_id = \(user) AND expires_at > \(instant) ORDER BY id DESC LIMIT \(RememberedDevice.perUser)
        """
    }

    static func deleteDevice(_ id: RememberedDevice.ID, of user: User.ID) -> SQL {
        "DELETE FROM remembered_devices WHERE id = \(id) AND user_id = \(user)"
    }
}
