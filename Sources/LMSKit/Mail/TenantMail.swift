// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Lets a tenant choose who sends its mail, and through which server.
///
/// The password of the server's account is sealed with the tenant's key and shown to nobody.
public struct TenantMail: Sendable {
    let tenantKeys: TenantKeys
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Reads what the tenant chose.
    ///
    /// - Parameter reader: The tenant's data, for whoever asks.
    /// - Returns: The settings, without the password; `.none` if nothing was chosen.
    /// - Throws: `MailSettingsError.forbidden` without `tenant:read`; `.database`.
    public func fetch(reader: TenantReader) async throws(MailSettingsError) -> MailSettings {
        guard reader.principal.may(.tenantRead, on: .foreign) else { throw .forbidden }
        do {
            return try await reader.read(.selectMailSettings()).only.map { row throws(DatabaseError) in
                try MailSettings(row: row)
            } ?? .none
        } catch {
            throw MailSettingsError(error)
        }
    }

    /// Sets who sends the tenant's mail, in place of what was set.
    ///
    /// - Parameters:
    ///   - settings: What takes its place.
    ///   - password: The password of the server's account; without one the stored one stays if host, port and account do, so that nobody has
    ///     it sent elsewhere.
    ///   - version: The version that the caller read; `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction; no other settings are made until it ends.
    /// - Returns: The settings at their next version.
    /// - Throws: `MailSettingsError.forbidden` without `tenant:update`; `.invalidServer`; `.serverNeeded`; `.passwordNeeded`;
    ///   `.versionMismatch`; `.keys`; `.database`.
    public func set(
        _ settings: MailSettings,
        password: Secret<String>?,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(MailSettingsError) -> MailSettings {
        guard session.principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        guard settings.server != nil || settings.senderAddress == nil else { throw .serverNeeded }
        do {
            try await session.execute(.lockMailSettings())
            let row = try await session.execute(.selectMailSettings()).only
            let old = try row.map { row throws(DatabaseError) in try MailSettings(row: row) } ?? .none
            if let version, version != old.version { throw MailSettingsError.versionMismatch }
            let id: Identifier<MailSettings>
            if let row { id = try row["id"] } else { id = identifiers.next() }
            var sealed: SealedSecret?
            if let server = settings.server {
                if let password {
                    guard server.server(password: password) != nil else { throw MailSettingsError.invalidServer }
                    let key = try await tenantKeys.current(session: session)
                    let bytes = try key.seal(Secret(Array(password.reveal().utf8)), for: Self.purpose(id))
                    sealed = SealedSecret(key: key.id, bytes: Bytes(bytes))
                } else if server.login != nil {
                    // A stored password goes nowhere else than where it was meant for.
                    guard let row, old.server?.isSameAccount(as: server) == true else {
                        throw MailSettingsError.passwordNeeded
                    }
                    guard server.server(password: Secret("x")) != nil else { throw MailSettingsError.invalidServer }
                    sealed = SealedSecret(key: try row["tenant_key_id"], bytes: try row["sealed_password"])
                } else if server.server(password: nil) == nil {
                    throw MailSettingsError.invalidServer
                }
            } else if password != nil {
                throw MailSettingsError.invalidServer
            }
            let replies = try await session.batch([
                .putMailSettings(id, settings, sealed, at: clock.now()),
                audit.recording(AuditEvent("tenant.mail_changed", on: id), by: session.principal),
            ])
            guard let row = replies.first?.only else { throw MailSettingsError.versionMismatch }
            return try MailSettings(row: row)
        } catch {
            throw MailSettingsError(error)
        }
    }

    /// Goes back to the installation's server and sender; the password is erased.
    ///
    /// - Parameter session: The tenant's open transaction.
    /// - Throws: `MailSettingsError.forbidden` without `tenant:update`; `.database`.
    public func clear(session: borrowing TenantSession) async throws(MailSettingsError) {
        guard session.principal.may(.tenantUpdate, on: .foreign) else { throw .forbidden }
        do {
            guard let id: Identifier<MailSettings> = try await session.execute(.deleteMailSettings()).only?["id"] else {
                return
            }
            let event = AuditEvent("tenant.mail_cleared", on: id)
            try await session.execute(audit.recording(event, by: session.principal))
        } catch {
            throw MailSettingsError(error)
        }
    }

    static func purpose(_ id: Identifier<MailSettings>) -> String { "mail_settings.sealed_password:\(id)" }
}

extension TenantKeys {
    /// Opens the server that a row of `selectMailSettings` tells of; `nil` if the installation's is used.
    func mailServer(_ row: Row, keys rows: Rows, of tenant: TenantID) async throws -> MailServer? {
        guard let server = try MailSettings(row: row).server else { return nil }
        let id: Identifier<MailSettings> = try row["id"]
        let sealed: Bytes? = try row["sealed_password"]
        let keyID: TenantKey.ID? = try row["tenant_key_id"]
        var password: Secret<String>?
        if let sealed {
            guard let keyRow = try rows.first(where: { try $0["id"] == keyID }) else { throw KeyError.unusable }
            let key = try await open(keyRow, of: tenant)
            let bytes = try key.open(sealed.array, for: TenantMail.purpose(id)).reveal()
            password = Secret(String(decoding: bytes, as: UTF8.self))
        }
        guard let opened = server.server(password: password) else { throw KeyError.unusable }
        return opened
    }
}

extension TenantMailServer {
    fileprivate func isSameAccount(as other: TenantMailServer) -> Bool {
        host == other.host && port == other.port && login == other.login && login != nil
    }
}

extension MailSettings {
    init(row: Row) throws(DatabaseError) {
        let host: String? = try row["host"]
        let port: Int? = try row["port"]
        let protection: MailServer.Protection? = try row["protection"]
        var server: TenantMailServer?
        if let host, let port, let protection {
            server = TenantMailServer(host: host, port: port, protection: protection, login: try row["login"])
        }
        self.init(
            senderName: try row["sender_name"],
            senderAddress: try row["sender_address"],
            replyTo: try row["reply_to"],
            server: server,
            version: try row["version"]
        )
    }
}

extension SQL {
    private static let mailSettingsColumns: SQL = """
        id, sender_name, sender_address, reply_to, host, port, protection, login, tenant_key_id, sealed_password, version
        """

    static func selectMailSettings() -> SQL { "SELECT \(SQL.mailSettingsColumns) FROM mail_settings" }

    /// Of two who set it at the same time the second sees what the first set.
    static func lockMailSettings() -> SQL { "LOCK TABLE mail_settings IN SHARE ROW EXCLUSIVE MODE" }

    static func putMailSettings(
        _ id: Identifier<MailSettings>,
        _ settings: MailSettings,
        _ password: SealedSecret?,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO mail_settings (id, sender_name, sender_address, reply_to, host, port, protection, login, tenant_key_id,
            sealed_password, updated_at)
        VALUES (\(id), \(settings.senderName), \(settings.senderAddress), \(settings.replyTo), \(settings.server?.host),
            \(settings.server?.port), \(settings.server?.protection), \(settings.server?.login), \(password?.key),
            \(password?.bytes), \(instant))
        ON CONFLICT ON CONSTRAINT mail_settings_only_one_uq DO UPDATE
        SET sender_name = excluded.sender_name, sender_address = excluded.sender_address, reply_to = excluded.reply_to,
            host = excluded.host, port = excluded.port, protection = excluded.protection, login = excluded.login,
            tenant_key_id = excluded.tenant_key_id, sealed_password = excluded.sealed_password,
            version = mail_settings.version + 1, updated_at = excluded.updated_at
        RETURNING \(SQL.mailSettingsColumns)
        """
    }

    static func deleteMailSettings() -> SQL { "DELETE FROM mail_settings RETURNING id" }
}
