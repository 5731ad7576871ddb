// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Compares what a store has of a tenant with the rows that name it; changes nothing.
public struct FileCheck: Sendable {
    private let store: any BlobStore
    private let clock: WallClock
    /// Younger files may be on their way to a row.
    private static let grace: TimeInterval = 24 * 3_600
    private static let shownAtMost = 20

    /// Makes the check.
    ///
    /// - Parameters:
    ///   - store: Keeps the bytes.
    ///   - clock: Says how old files are.
    public init(store: any BlobStore, clock: WallClock = .system) {
        self.store = store
        self.clock = clock
    }

    /// What was found.
    public struct Report: Sendable {
        /// How many files the store has.
        public fileprivate(set) var stored = 0
        /// How many of them no row names, though they are a day old.
        public fileprivate(set) var orphans = 0
        /// Some of those.
        public fileprivate(set) var examples: [BlobKey] = []
        /// How many rows name a file that the store does not have.
        public fileprivate(set) var missing = 0
        /// How many uploads were begun a day ago and are not over.
        public fileprivate(set) var abandonedUploads = 0

        /// Whether store and rows agree.
        public var isSound: Bool { orphans == 0 && missing == 0 && abandonedUploads == 0 }
    }

    /// Looks at everything that the store has of a tenant, a thousand files at a time.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: What was found.
    /// - Throws: `FileError.store`; `.database`.
    public func run(reader: TenantReader) async throws(FileError) -> Report {
        let now = clock.now()
        var report = Report()
        var named = 0
        var position: String?
        repeat {
            let page = try await storing { () async throws(BlobError) in
                try await store.list(of: reader.tenant, after: position, limit: 1_000)
            }
            let ids = page.blobs.map(\.key.file)
            let replies = try await FileError.translating {
                try await reader.read([.selectCheckedFiles(ids), .selectNamedFiles(ids)])
            }
            let rows = replies[1]
            var known: Set<StoredFile.ID> = []
            for row in replies[0] { known.insert(try Self.decoding { () throws(DatabaseError) in try row[0] }) }
            for row in rows {
                known.insert(try Self.decoding { () throws(DatabaseError) in try row["id"] })
                let createdAt: Date = try Self.decoding { () throws(DatabaseError) in try row["created_at"] }
                if createdAt < now { named += 1 }
            }
            report.stored += ids.count
            for blob in page.blobs where !known.contains(blob.key.file) && isOld(blob.storedAt, at: now) {
                report.orphans += 1
                if report.examples.count < Self.shownAtMost { report.examples.append(blob.key) }
            }
            position = page.next
        } while position != nil
        let rows = try await FileError.translating { try await reader.read(.countNamedFiles(before: now)) }
        let total: Int = try Self.decoding { () throws(DatabaseError) in try rows.only?[0] ?? 0 }
        report.missing = max(0, total - named)
        let uploads = try await storing { () async throws(BlobError) in try await store.uploads(of: reader.tenant) }
        let tokens = try await FileError.translating { try await reader.read(.selectUploadTokens) }
        var goingOn: Set<String> = []
        for row in tokens {
            goingOn.insert(
                try Self.decoding { () throws(DatabaseError) in
                    let (file, token): (StoredFile.ID, String) = (try row[0], try row[1])
                    return "\(file) \(token)"
                }
            )
        }
        report.abandonedUploads = uploads.count { upload in
            !goingOn.contains("\(upload.key.file) \(upload.token)") && upload.begunAt.map { isOld($0, at: now) } ?? true
        }
        return report
    }

    private func isOld(_ date: Date, at now: Date) -> Bool { date < now.addingTimeInterval(-Self.grace) }

    private func storing<Value>(
        _ body: () async throws(BlobError) -> Value
    ) async throws(FileError) -> Value {
        do throws(BlobError) {
            return try await body()
        } catch {
            throw .store(error)
        }
    }

    private static func decoding<Value>(_ body: () throws(DatabaseError) -> Value) throws(FileError) -> Value {
        do throws(DatabaseError) {
            return try body()
        } catch {
            throw .database(error)
        }
    }
}

extension SQL {
    /// Which of some files rows name: every table whose rows do is here and in `countNamedFiles`.
    static func selectNamedFiles(_ ids: [StoredFile.ID]) -> SQL {
        """
        SELECT id, created_at FROM files WHERE id = ANY(\(ids))
        UNION ALL SELECT id, prepared_at FROM certificates WHERE id = ANY(\(ids)) AND prepared_at IS NOT NULL
        UNION ALL SELECT id, CASE WHEN retired_at IS NULL AND media_id IS NOT NULL THEN created_at ELSE now() + interval '1 day' END
            FROM media_files WHERE id = ANY(\(ids))
        """
    }

    static func countNamedFiles(before instant: Date) -> SQL {
        """
        SELECT (SELECT count(*) FROM files WHERE created_at < \(instant))
            + (SELECT count(*) FROM certificates WHERE prepared_at < \(instant))
            + (SELECT count(*) FROM media_files
               WHERE created_at < \(instant) AND retired_at IS NULL AND media_id IS NOT NULL)
        """
    }
}
