// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Uploads {
    /// Appends content, and holds no more of it than a part of the store.
    ///
    /// What was received is kept at every part, at the end, and as well as it goes where the content breaks off; when this returns, all of
    /// it is. One request appends at a time: it holds the upload for 15 seconds and says so again while content comes. The last byte has
    /// the file looked at, by a job. No content at the end of an upload that is still looked at has that tried again at once.
    ///
    /// - Parameters:
    ///   - source: Gives the content.
    ///   - offset: How much of the file comes before it.
    ///   - id: The upload.
    ///   - tenant: The tenant.
    ///   - principal: Whose it is.
    ///   - tenants: Runs the statements.
    /// - Returns: The upload as it is now.
    /// - Throws: `UploadError.notFound`, also for somebody else's; `.expired`; `.closed`; `.direct`; `.busy`; `.offsetMismatch`; `.tooMuch`;
    ///   `.scanner` if all was there before and is not looked through now; `.interrupted` if the content broke off; `.store`; `.keys`; `.database`.
    public func append(
        _ source: any BlobSource,
        at offset: Int,
        to id: FileUpload.ID,
        of tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(UploadError) -> FileUpload {
        var appending: UploadAppending
        do throws(UploadError) {
            appending = try await begin(appendingTo: id, at: offset, of: tenant, as: principal, tenants: tenants)
        } catch {
            guard error == .closed else { throw error }
            return try await completeAgain(
                source,
                at: offset,
                id,
                reader: tenants.reader(for: tenant, as: principal),
                tenants
            )
        }
        do {
            while let piece = try await source.next() { try await appending.take(piece) }
        } catch {
            // What was received so far is kept if it can be; the client asks how much that is.
            try? await appending.breakOff()
            throw UploadError(any: error)
        }
        try await appending.end()
        return try await find(id, reader: tenants.reader(for: tenant, as: principal))
    }

    /// Has a whole file looked at now, and not when a job's next attempt is due.
    private func completeAgain(
        _ source: any BlobSource,
        at offset: Int,
        _ id: FileUpload.ID,
        reader: TenantReader,
        _ tenants: Tenants
    ) async throws(UploadError) -> FileUpload {
        let upload = try await find(id, reader: reader)
        guard upload.status == .checking, offset == upload.byteCount else { throw .closed }
        do {
            while let piece = try await source.next() {
                guard piece.isEmpty else { throw UploadError.closed }
            }
            try await ports.scanner?.probe()
            _ = try await tenants.write(
                [.enqueueJob(.upload, id.uuid, at: clock.now())],
                for: reader.tenant,
                as: reader.principal
            )
            return upload
        } catch {
            throw UploadError(any: error)
        }
    }

    /// Takes the upload for a request, if nobody else has it and it is where the request goes on.
    private func begin(
        appendingTo id: FileUpload.ID,
        at offset: Int,
        of tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(UploadError) -> UploadAppending {
        let now = clock.now()
        let lease = UUID()
        do {
            let replies = try await tenants.write(
                [
                    .leaseUpload(
                        id,
                        of: principal.user,
                        at: offset,
                        lease,
                        now: now,
                        until: now.addingTimeInterval(Self.lease)
                    ),
                    .selectUpload(id, of: principal.user),
                    .selectTenantKeys(),
                ],
                for: tenant,
                as: principal
            )
            guard let shown = replies[1].only else { throw UploadError.notFound }
            let upload = try FileUpload(row: shown)
            guard let row = replies[0].only else {
                if upload.status != .open { throw UploadError.closed }
                if upload.expiresAt <= now { throw UploadError.expired }
                if upload.staged != nil { throw UploadError.direct }
                throw upload.receivedCount == offset
                    ? UploadError.busy : .offsetMismatch(received: upload.receivedCount)
            }
            guard let key = try await keys.newest(of: replies[2], tenant) else { throw KeyError.unusable }
            let kept = try KeptUpload(row: row)
            let secret = try blobs.open(kept.sealedKey.array, for: upload.file, under: key)
            let reader = tenants.reader(for: tenant, as: principal)
            let sealing = try await self.sealing(upload, kept, under: secret, reader: reader)
            return UploadAppending(
                uploads: self,
                upload: upload,
                lease: lease,
                place: BlobKey(upload.file, of: tenant),
                principal: principal,
                tenants: tenants,
                sealing: sealing,
                parts: kept.parts,
                token: kept.token,
                renewedAt: now
            )
        } catch {
            throw UploadError(any: error)
        }
    }
}

/// What the row of an upload has of its content.
struct KeptUpload: Sendable {
    let token: String?
    let sealedKey: Bytes
    let tail: Bytes?
    let pieces: Int
    let parts: Int

    init(row: Row) throws(DatabaseError) {
        token = try row["store_token"]
        sealedKey = try row["sealed_key"]
        tail = try row["tail"]
        pieces = try row["piece_count"]
        parts = try row["parts"]
    }
}

extension Uploads {
    /// Goes on with what was received of an upload.
    func sealing(
        _ upload: FileUpload,
        _ kept: KeptUpload,
        under secret: BlobSecret,
        reader: TenantReader
    ) async throws -> UploadSealing {
        var pieces: [UInt8] = []
        if kept.pieces > 0 { pieces.reserveCapacity(store.partSize + BlobCipher.sealedChunk) }
        // A megabyte at a time.
        for start in stride(from: 0, to: kept.pieces, by: 4) {
            for row in try await reader.read(
                .selectPieces(of: upload.id, from: start, before: min(start + 4, kept.pieces))
            ) {
                let content: Bytes = try row[0]
                pieces += content.array
            }
        }
        guard pieces.count == kept.pieces * UploadSealing.piece else { throw BlobError.damaged }
        return try UploadSealing(
            blobs.cipher(BlobKey(upload.file, of: reader.tenant), secret),
            byteCount: upload.byteCount,
            partSize: store.partSize,
            taken: upload.receivedCount,
            parts: kept.parts,
            pieces: pieces,
            tail: kept.tail?.array
        )
    }
}

/// One request that appends.
private struct UploadAppending {
    let uploads: Uploads
    let upload: FileUpload
    let lease: UUID
    let place: BlobKey
    let principal: Principal
    let tenants: Tenants
    var sealing: UploadSealing
    var parts: Int
    var token: String?
    var renewedAt: Date
    /// Whether a part is on its way, or about to be written down: it may be in the store, in the row, or lost.
    var isSending = false

    mutating func take(_ piece: [UInt8]) async throws {
        guard piece.count <= upload.byteCount - sealing.taken else { throw UploadError.tooMuch }
        var rest = piece[...]
        while !rest.isEmpty {
            // No more than a chunk beyond a part is in memory.
            try sealing.take(Array(rest.prefix(BlobCipher.chunk)))
            rest = rest.dropFirst(BlobCipher.chunk)
            guard let part = sealing.nextPart() else { continue }
            isSending = true
            try await send(part)
            isSending = false
        }
        let now = uploads.clock.now()
        guard now.timeIntervalSince(renewedAt) > Uploads.lease / 3 else { return }
        try await renew(at: now)
    }

    /// Stores a part, and then says that it is there.
    private mutating func send(_ part: [UInt8]) async throws {
        // Whoever has lost the upload must not write into it.
        try await renew(at: uploads.clock.now())
        let begun: BlobUpload
        if let token {
            begun = BlobUpload(place, token: token)
        } else {
            begun = try await uploads.store.beginUpload(of: place)
            token = begun.token
        }
        let stored = try await uploads.store.add(part, as: parts + 1, to: begun)
        parts += 1
        try await keep(stored, isEnd: false)
    }

    private mutating func renew(at now: Date) async throws {
        let until = now.addingTimeInterval(Uploads.lease)
        let replies = try await tenants.write(
            [.renewUpload(upload.id, lease, until: until)],
            for: place.tenant,
            as: principal
        )
        guard replies.first?.affected == 1 else { throw UploadError.busy }
        renewedAt = now
    }

    /// Keeps what is in no part, gives the upload back, and has a whole file looked at.
    mutating func end() async throws(UploadError) {
        do {
            try await keep(nil, isEnd: true)
        } catch {
            throw UploadError(any: error)
        }
    }

    /// Keeps what was received before something went wrong, unless a part may be lost: then what was written down last stands.
    mutating func breakOff() async throws {
        guard isSending else { return try await end() }
        _ = try await tenants.write([.releaseUpload(upload.id, lease)], for: place.tenant, as: principal)
    }

    private mutating func keep(_ part: BlobPart?, isEnd: Bool) async throws {
        while let (number, content) = sealing.nextPiece() {
            let statement = SQL.keepPiece(number, content, of: upload.id, lease)
            let replies = try await tenants.write([statement], for: place.tenant, as: principal)
            guard replies[0].affected == 1 else { throw UploadError.busy }
        }
        let now = uploads.clock.now()
        let state = UploadState(
            received: sealing.taken,
            tail: Bytes(try sealing.tail()),
            pieces: sealing.pieces,
            token: token,
            until: isEnd ? nil : now.addingTimeInterval(Uploads.lease),
            expiresAt: now.addingTimeInterval(Uploads.lifetime),
            isWhole: isEnd && sealing.isWhole
        )
        var statements: [SQL] = [.keepUpload(upload.id, lease, state, part)]
        if state.isWhole { statements.append(.enqueueJob(.upload, upload.id.uuid, at: now)) }
        let replies = try await tenants.write(statements, for: place.tenant, as: principal)
        guard replies[0].only != nil else { throw UploadError.busy }
        renewedAt = now
    }
}

/// What becomes of the row of an upload.
struct UploadState: Sendable {
    let received: Int
    let tail: Bytes
    let pieces: Int
    let token: String?
    /// Until when it is held; `nil` to give it back.
    let until: Date?
    let expiresAt: Date
    let isWhole: Bool
}
