// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

extension Uploads {
    /// What was tidied up.
    public struct Tidied: Sendable, Equatable {
        /// How many uploads that were over are forgotten.
        public internal(set) var uploads = 0
        /// How many beginnings that no upload names were removed from the store.
        public internal(set) var beginnings = 0
        /// How many files for submissions were forgotten because nobody handed them in.
        public internal(set) var unattached = 0
        /// How many files that no row names were removed from the store.
        public internal(set) var files = 0
    }

    /// For how long what no row names is left alone: it may be on its way to one.
    static let grace: TimeInterval = 24 * 3_600
    /// For how long a file for a submission is kept that is in none.
    static let unattachedLifetime: TimeInterval = 7 * 24 * 3_600
    private static let atATime = 100

    /// Forgets uploads that nobody went on with and files that nobody handed in for a week, and removes what the store has and no row
    /// names; the work of a job.
    ///
    /// Which tables name files is in `SQL.selectNamedFiles`; what is missing there is removed here, a day later.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Runs the statements.
    /// - Returns: What was done.
    /// - Throws: `UploadError.store` if the store cannot be reached; `.database`. What was done stays done.
    public func tidy(_ tenant: TenantID, tenants: Tenants) async throws(UploadError) -> Tidied {
        var tidied = Tidied()
        do {
            var isDone = false
            while !isDone {
                let removed = try await removeOver(of: tenant, tenants)
                for upload in removed { try await discard(upload, of: tenant) }
                tidied.uploads += removed.count
                isDone = removed.count < Self.atATime
            }
            tidied.unattached = try await removeUnattached(of: tenant, tenants)
            let reader = tenants.reader(for: tenant, as: Self.principal)
            let before = clock.now().addingTimeInterval(-Self.grace)
            tidied.beginnings = try await abortUnnamed(before, reader: reader)
            tidied.files = try await removeUnnamed(before, reader: reader)
            tidied.files += try await store.sweep(tenant, before: before)
            return tidied
        } catch {
            throw UploadError(any: error)
        }
    }

    private func removeOver(of tenant: TenantID, _ tenants: Tenants) async throws(DatabaseError) -> [RemovedUpload] {
        let now = clock.now()
        let replies = try await tenants.write(
            [.deleteOverUploads(at: now, closedBefore: now, limit: Self.atATime)],
            for: tenant,
            as: Self.principal
        )
        var removed: [RemovedUpload] = []
        for row in replies[0] { removed.append(try RemovedUpload(row: row)) }
        return removed
    }

    /// Forgets the rows; their bytes are found with what no row names.
    private func removeUnattached(of tenant: TenantID, _ tenants: Tenants) async throws(DatabaseError) -> Int {
        let before = clock.now().addingTimeInterval(-Self.unattachedLifetime)
        var count = 0
        var removed = 0
        repeat {
            let statement = SQL.deleteUnattachedFiles(before: before, limit: Self.atATime)
            removed = try await tenants.write([statement], for: tenant, as: Self.principal)[0].affected
            count += removed
        } while removed == Self.atATime
        return count
    }

    private func abortUnnamed(_ before: Date, reader: TenantReader) async throws -> Int {
        // The store is asked first: what is begun meanwhile is younger than the grace.
        let begun = try await store.uploads(of: reader.tenant).filter { ($0.begunAt ?? .distantFuture) < before }
        guard !begun.isEmpty else { return 0 }
        var named: Set<String> = []
        for row in try await reader.read(.selectUploadTokens) {
            let (file, token): (StoredFile.ID, String) = (try row[0], try row[1])
            named.insert("\(file) \(token)")
        }
        let unnamed = begun.filter { !named.contains("\($0.key.file) \($0.token)") }
        for upload in unnamed { try await store.abort(upload) }
        return unnamed.count
    }

    private func removeUnnamed(_ before: Date, reader: TenantReader) async throws -> Int {
        var count = 0
        var position: String?
        repeat {
            let page = try await store.list(of: reader.tenant, after: position, limit: 1_000)
            position = page.next
            let old = page.blobs.filter { $0.storedAt < before }
            guard !old.isEmpty else { continue }
            let ids = old.map(\.key.file)
            // In this order: what was looked at when it was asked is a file when files are asked for.
            let replies = try await reader.read([.selectCheckedFiles(ids), .selectNamedFiles(ids)])
            var named: Set<StoredFile.ID> = []
            for row in replies[0] { named.insert(try row[0]) }
            for row in replies[1] { named.insert(try row[0]) }
            for blob in old where !named.contains(blob.key.file) {
                try await store.remove(blob.key)
                count += 1
            }
        } while position != nil
        return count
    }
}

extension BlobStore {
    /// Removes everything that there is of a tenant, also what was begun; for a tenant that is gone.
    ///
    /// - Parameter tenant: The tenant.
    /// - Throws: `BlobError.unavailable`; `.busy`. Doing it again goes on.
    public func removeAll(of tenant: TenantID) async throws(BlobError) {
        var begun = try await uploads(of: tenant)
        while !begun.isEmpty {
            for upload in begun { try await abort(upload) }
            begun = try await uploads(of: tenant)
        }
        var page = try await list(of: tenant, after: nil, limit: 1_000)
        while !page.blobs.isEmpty {
            for blob in page.blobs { try await remove(blob.key) }
            page = try await list(of: tenant, after: nil, limit: 1_000)
        }
        _ = try await sweep(tenant, before: .distantFuture)
    }

    /// Nothing is left over in a store that has no files of its own.
    public func sweep(_ tenant: TenantID, before instant: Date) async throws(BlobError) -> Int { 0 }
}
