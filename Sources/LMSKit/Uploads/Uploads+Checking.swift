// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Uploads {
    /// Makes a file of an upload that is complete, or refuses it; the work of a job.
    ///
    /// What was sent to the store itself is sealed first. All of it is read back and decrypted: what the store lost or mixed up shows here.
    /// If there is a scanner, it looks through all of it; while that does not answer there is no file. Of a picture a copy is made without
    /// what it says besides. No transaction is open meanwhile. Doing it again does nothing more.
    ///
    /// - Parameters:
    ///   - id: The upload; nothing is done with one that is not complete or was looked at before.
    ///   - tenant: Its tenant.
    ///   - tenants: Opens transactions.
    /// - Throws: `UploadError.store` if the store cannot be reached; `.scanner`; `.busy`; `.notBuilt`; `.keys`; `.database`: to be tried later.
    public func check(_ id: FileUpload.ID, of tenant: TenantID, tenants: Tenants) async throws(UploadError) {
        do {
            let reader = tenants.reader(for: tenant, as: Self.principal)
            let replies = try await reader.read([
                .selectUploadToCheck(id), .selectUploadParts(of: id), .selectTenantKeys(),
            ])
            guard let row = replies[0].only, let key = try await keys.newest(of: replies[2], tenant) else { return }
            let checked = try CheckedUpload(row: row, parts: replies[1])
            guard let types = ports.types else { throw UploadError.notBuilt }
            // Before much is read for a scanner that is not there.
            try await ports.scanner?.probe()
            switch await verdict(on: checked, under: key, types, reader: reader) {
            case .success(let found): try await makeFile(of: checked, found, in: tenant, tenants)
            case .failure(.refused(let refusal)): try await refuse(checked, refusal, in: tenant, tenants)
            case .failure(.malware(let name)): try await refuse(checked, .malware, name, in: tenant, tenants)
            case .failure(.scanner(let error)): throw UploadError.scanner(error)
            case .failure(.store(let error)) where error.isLasting:
                try await refuse(checked, .damaged, in: tenant, tenants)
            case .failure(.store(.busy)), .failure(.types(.busy)), .failure(.pictures): throw UploadError.busy
            case .failure(.store(let error)): throw error
            case .failure(.types): throw UploadError.notBuilt
            }
        } catch {
            throw UploadError(any: error)
        }
    }

    private func verdict(
        on checked: CheckedUpload,
        under key: TenantKey,
        _ types: any ContentTypes,
        reader: TenantReader
    ) async -> Result<UploadedFile, ContentCheck.Failure> {
        do throws(ContentCheck.Failure) {
            let content = try await whole(checked, under: key, reader: reader)
            let digest = ports.digesting.makeSHA256()
            try await storing { () async throws(BlobError) in
                let pieces = BlobPieces(of: content, size: 4 * BlobCipher.chunk)
                while let piece = try await pieces.next() { digest.update(piece) }
            }
            let sha256 = digest.finish()
            if let announced = checked.upload.sha256, announced != sha256 { throw .refused(.checksum) }
            let ending = FileName(checked.upload.name)?.ending ?? ""
            let check = ContentCheck(reader: content, use: checked.upload.use, ending: ending)
            let mediaType = try await check.run(types)
            try await scan(content)
            let file = UploadedFile(checked.upload.file, mediaType, byteCount: content.byteCount, sha256: sha256)
            return .success(try await clean(file, content, under: key, of: reader.tenant))
        } catch {
            return .failure(error)
        }
    }

    /// Has a content looked through, if somebody does that.
    private func scan(_ content: any BlobReader) async throws(ContentCheck.Failure) {
        guard let scanner = ports.scanner else { return }
        let verdict: MalwareVerdict
        do throws(MalwareScannerError) {
            verdict = try await scanner.scan(content)
        } catch {
            if case .content(let failure) = error { throw .store(failure) }
            throw .scanner(error)
        }
        switch verdict {
        case .clean: return
        case .found(let name): throw .malware(name)
        case .beyondLimits: throw .refused(.unscannable)
        }
    }

    /// Has the store put the file together, unless it did before, and opens it.
    private func whole(
        _ checked: CheckedUpload,
        under key: TenantKey,
        reader: TenantReader
    ) async throws(ContentCheck.Failure) -> any BlobReader {
        let place = BlobKey(checked.upload.file, of: reader.tenant)
        let secret: BlobSecret
        do {
            secret = try blobs.open(checked.kept.sealedKey.array, for: checked.upload.file, under: key)
        } catch {
            throw .store(.unavailable(reason: "the tenant's keys cannot be used"))
        }
        do throws(BlobError) {
            return try await opened(checked, at: place, secret)
        } catch {
            guard error == .missing else { throw .store(error) }
        }
        if let staged = checked.upload.staged {
            try await seal(staged: staged, of: checked.upload, as: place, under: secret)
        } else {
            try await complete(checked, at: place, secret, reader: reader)
        }
        return try await storing { () async throws(BlobError) in try await opened(checked, at: place, secret) }
    }

    private func opened(
        _ checked: CheckedUpload,
        at place: BlobKey,
        _ secret: BlobSecret
    ) async throws(BlobError) -> any BlobReader {
        let content = try await blobs.open(place, under: secret)
        guard content.byteCount == checked.upload.byteCount else { throw .damaged }
        return content
    }

    private func complete(
        _ checked: CheckedUpload,
        at place: BlobKey,
        _ secret: BlobSecret,
        reader: TenantReader
    ) async throws(ContentCheck.Failure) {
        do {
            var sealing = try await sealing(checked.upload, checked.kept, under: secret, reader: reader)
            guard let token = checked.kept.token else {
                let bytes = sealing.pending
                return try await store.put({ bytes }, as: place)
            }
            let begun = BlobUpload(place, token: token)
            var parts = checked.parts
            while let part = sealing.nextPart() {
                parts.append(try await store.add(part, as: parts.count + 1, to: begun))
            }
            if !sealing.pending.isEmpty {
                parts.append(try await store.add(sealing.pending, as: parts.count + 1, to: begun))
            }
            try await store.complete(begun, parts: parts)
        } catch {
            throw .store(error as? BlobError ?? .unavailable(reason: "what was received cannot be read: \(error)"))
        }
    }

    private func makeFile(
        of checked: CheckedUpload,
        _ made: UploadedFile,
        in tenant: TenantID,
        _ tenants: Tenants
    ) async throws {
        let (upload, now) = (checked.upload, clock.now())
        let event = Event(
            identifiers.next(),
            .contentUploadCompleted,
            of: made.id,
            payload: [
                JSONMember(name: "contentId", value: .string(made.id.description)),
                JSONMember(name: "courseId", value: .string(upload.course.description)),
                JSONMember(name: "contentType", value: .string(made.mediaType)),
            ],
            at: now
        )
        let act = AuditEvent("file.uploaded", on: made.id)
        let owner = Principal(.user(checked.user), grants: Grants())
        do {
            let isStored = try await tenants.transaction(for: tenant, as: Self.principal) { session in
                let until = now.addingTimeInterval(Self.lifetime)
                let rows = try await session.execute(.storeUpload(upload.id, as: made, until: until))
                guard rows.only != nil else { return false }
                try await session.batch([
                    .insertUploadedFile(upload.id, made, at: now), .recordEvent(event, by: owner),
                    audit.recording(act, by: owner),
                ])
                return true
            }
            await unstage(upload.staged, of: tenant)
            // Of what was made and what it was made of, a row names one: what cannot be removed now is found by whoever tidies up.
            guard made.id != upload.file else { return }
            try? await store.remove(BlobKey(isStored ? upload.file : made.id, of: tenant))
        } catch DatabaseError.constraint(.check, name: "file_storage_room_ck") {
            // The limit was lowered since the upload had its bytes promised.
            try? await store.remove(BlobKey(made.id, of: tenant))
            try await refuse(checked, .room, in: tenant, tenants)
        }
    }

    private func refuse(
        _ checked: CheckedUpload,
        _ refusal: FileUpload.Refusal,
        _ malware: MalwareName? = nil,
        in tenant: TenantID,
        _ tenants: Tenants
    ) async throws {
        let place = BlobKey(checked.upload.file, of: tenant)
        let until = clock.now().addingTimeInterval(Self.lifetime)
        let file = checked.upload.file
        // What was found is for those who read the audit log.
        let act =
            malware.map { AuditEvent.malware($0, in: file) } ?? AuditEvent("file.refused", on: file, outcome: .failed)
        let owner = Principal(.user(checked.user), grants: Grants())
        let isRefused = try await tenants.transaction(for: tenant, as: Self.principal) { session in
            let rows = try await session.execute(.refuseUpload(checked.upload.id, refusal, until: until))
            guard rows.only != nil else { return false }
            try await session.execute(audit.recording(act, by: owner))
            return true
        }
        guard isRefused else { return }
        // No row names it any more: what cannot be removed now is found by whoever tidies up.
        try? await store.remove(place)
        await unstage(checked.upload.staged, of: tenant)
        if let token = checked.kept.token { try? await store.abort(BlobUpload(place, token: token)) }
    }

    private func storing<Value>(
        _ body: () async throws(BlobError) -> Value
    ) async throws(ContentCheck.Failure) -> Value {
        do throws(BlobError) {
            return try await body()
        } catch {
            throw .store(error)
        }
    }
}

/// An upload that is complete.
private struct CheckedUpload: Sendable {
    let upload: FileUpload
    let user: Principal.ID
    let kept: KeptUpload
    let parts: [BlobPart]

    init(row: Row, parts rows: Rows) throws(DatabaseError) {
        upload = try FileUpload(row: row)
        user = try row["user_id"]
        kept = try KeptUpload(row: row)
        var parts: [BlobPart] = []
        for row in rows {
            parts.append(
                BlobPart(number: try row["number"], byteCount: try row["byte_count"], tag: try row["tag"])
            )
        }
        self.parts = parts
    }
}

extension BlobError {
    /// Whether trying again helps nothing.
    fileprivate var isLasting: Bool {
        switch self {
        case .missing, .damaged, .incomplete, .changed: true
        case .unavailable, .busy, .interrupted: false
        }
    }
}
