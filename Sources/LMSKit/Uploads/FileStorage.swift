// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// How much a tenant may store, and how much it does.
public struct FileStorage: Sendable, Equatable {
    /// How many bytes its files may have together.
    public let byteLimit: Int
    /// How many they have.
    public let usedBytes: Int
    /// How many are promised to uploads that go on.
    public let reservedBytes: Int
    /// How long a file for each use may be.
    public let useLimits: [FileUpload.Use: Int]

    /// What an operator changes; what is `nil` stays.
    public struct Changes: Sendable, Equatable {
        /// How many bytes files may have together; fewer than there are keep new ones out and remove none.
        public var byteLimit: Int?
        /// How long a file for a use may be.
        public var useLimits: [FileUpload.Use: Int]

        /// Describes changes.
        ///
        /// - Parameters:
        ///   - byteLimit: How many bytes files may have together.
        ///   - useLimits: How long a file for a use may be.
        public init(byteLimit: Int? = nil, useLimits: [FileUpload.Use: Int] = [:]) {
            self.byteLimit = byteLimit
            self.useLimits = useLimits
        }
    }

    init(row: Row, limits rows: Rows) throws(DatabaseError) {
        byteLimit = try row["byte_limit"]
        usedBytes = try row["used_bytes"]
        reservedBytes = try row["reserved_bytes"]
        var limits: [FileUpload.Use: Int] = [:]
        for row in rows { limits[try row[0]] = try row[1] }
        useLimits = limits
    }

    /// Describes a tenant's storage.
    ///
    /// - Parameters:
    ///   - byteLimit: How many bytes its files may have together.
    ///   - usedBytes: How many they have.
    ///   - reservedBytes: How many are promised to uploads that go on.
    ///   - useLimits: How long a file for each use may be.
    public init(byteLimit: Int, usedBytes: Int, reservedBytes: Int, useLimits: [FileUpload.Use: Int]) {
        self.byteLimit = byteLimit
        self.usedBytes = usedBytes
        self.reservedBytes = reservedBytes
        self.useLimits = useLimits
    }
}

extension Uploads {
    /// The most that a tenant's files may be given, in bytes: 1 PiB.
    public static let storageLimit = 1 << 50
    /// The longest file that any store takes, in bytes: sealed, it has no more than 10,000 parts of 2 MiB.
    public static let fileLimit = 19_990 << 20

    /// Shows how much a tenant may store, and how much it does.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: The storage.
    /// - Throws: `UploadError.forbidden` without `tenant:read`; `.database`.
    public func storage(reader: TenantReader) async throws(UploadError) -> FileStorage {
        guard reader.principal.may(.tenantRead, on: .foreign) else { throw .forbidden }
        return try await UploadError.translating {
            let replies = try await reader.read([.selectFileStorage, .selectUploadLimits])
            guard let row = replies[0].only else { throw UploadError.database(.unavailable) }
            return try FileStorage(row: row, limits: replies[1])
        }
    }

    /// Changes how much a tenant may store; for operators of the platform and nobody else.
    ///
    /// - Parameters:
    ///   - changes: What becomes of which limit.
    ///   - session: The tenant's open transaction, of the platform itself; the caller commits it.
    /// - Throws: `UploadError.forbidden` for anybody of the tenant; `.invalid` for a limit that no store has.
    public func change(
        _ changes: FileStorage.Changes,
        session: borrowing TenantSession
    ) async throws(UploadError) {
        guard case .system = session.principal.kind else { throw .forbidden }
        var statements: [SQL] = []
        if let limit = changes.byteLimit {
            guard (0...Self.storageLimit).contains(limit) else {
                throw .invalid(constraint: "file_storage_byte_limit_ck")
            }
            statements.append(.updateFileStorage(byteLimit: limit))
        }
        for (use, limit) in changes.useLimits { statements.append(.updateUploadLimit(use, byteLimit: limit)) }
        guard !statements.isEmpty else { return }
        let act = AuditEvent("tenant.storage_changed", on: Identifier<Tenant>(session.tenant.uuid))
        statements.append(audit.recording(act, by: session.principal))
        do {
            try await session.batch(statements)
        } catch {
            throw UploadError(error)
        }
    }
}

extension SQL {
    fileprivate static let selectFileStorage: SQL = """
        SELECT coalesce(sum(byte_limit), 107374182400)::bigint AS byte_limit, coalesce(sum(used_bytes), 0)::bigint AS used_bytes,
            coalesce(sum(reserved_bytes), 0)::bigint AS reserved_bytes
        FROM file_storage
        """

    fileprivate static let selectUploadLimits: SQL =
        "SELECT use, upload_limit(use) FROM (VALUES ('course_asset'), ('caption'), ('submission')) u (use)"

    fileprivate static func updateFileStorage(byteLimit: Int) -> SQL {
        """
        INSERT INTO file_storage (byte_limit) VALUES (\(byteLimit))
        ON CONFLICT ON CONSTRAINT file_storage_key DO UPDATE SET byte_limit = excluded.byte_limit
        """
    }

    fileprivate static func updateUploadLimit(_ use: FileUpload.Use, byteLimit: Int) -> SQL {
        """
        INSERT INTO upload_limits (use, byte_limit) VALUES (\(use), \(byteLimit))
        ON CONFLICT ON CONSTRAINT upload_limits_key DO UPDATE SET byte_limit = excluded.byte_limit
        """
    }
}
