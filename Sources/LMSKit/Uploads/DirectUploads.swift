// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Whether files may be sent to the store itself, where they lie unsealed until all of them is there and was looked at.
public enum DirectUploads: Sendable, Hashable {
    /// They may not: nothing is ever in the store in the clear.
    case off
    /// They may, where the store takes them.
    case on
}

/// An address at the store that takes the bytes of one upload, and no others.
public struct UploadLink: Sendable {
    /// The address; whoever knows it may send those bytes.
    public let url: Secret<String>
    /// The fields that the request must have.
    public let fields: [(name: String, value: String)]
    /// Until when the request may begin, in UTC.
    public let expiresAt: Date

    /// Describes an address.
    ///
    /// - Parameters:
    ///   - url: The address.
    ///   - fields: The fields that the request must have.
    ///   - expiresAt: Until when the request may begin, in UTC.
    public init(url: Secret<String>, fields: [(name: String, value: String)], expiresAt: Date) {
        self.url = url
        self.fields = fields
        self.expiresAt = expiresAt
    }
}

extension Uploads {
    /// How long an address at the store is good: a request that began in time may last longer.
    public static let linkLifetime: TimeInterval = 15 * 60
    /// The longest file that S3 takes in one request, in bytes: 5 GiB.
    public static let directLimit = 5 << 30

    /// Makes an address at the store for an upload that is sent there; asks nobody, so there may be many.
    ///
    /// - Parameters:
    ///   - upload: The upload, of the one who asks.
    ///   - tenant: Its tenant.
    /// - Returns: The address; `nil` for an upload that comes to us, one that is not open any more, and while nothing is sent to the store.
    public func link(for upload: FileUpload, of tenant: TenantID) -> UploadLink? {
        guard upload.status == .open, let staged = upload.staged, let sha256 = upload.sha256 else { return nil }
        return link(to: staged, of: tenant, byteCount: upload.byteCount, sha256: sha256)
    }

    /// Says that all of an upload is at the store, and has it looked at by a job.
    ///
    /// The store is asked whether something is there; what that is, is for the job to find. Doing it again does nothing more.
    ///
    /// - Parameters:
    ///   - id: The upload.
    ///   - tenant: The tenant.
    ///   - principal: Whose it is.
    ///   - tenants: Runs the statements.
    /// - Returns: The upload as it is now: `checking`, or what became of it.
    /// - Throws: `UploadError.notFound`, also for somebody else's; `.expired`; `.unfinished` if nothing was sent to the store, or the upload
    ///   comes to us and is not whole; `.store`; `.database`.
    public func complete(
        _ id: FileUpload.ID,
        of tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(UploadError) -> FileUpload {
        let reader = tenants.reader(for: tenant, as: principal)
        let upload = try await find(id, reader: reader)
        guard upload.status == .open else { return upload }
        guard let staged = upload.staged else { throw .unfinished }
        do {
            _ = try await store.open(BlobKey(staged, of: tenant))
            let now = clock.now()
            // A job for an upload that another request closed meanwhile finds nothing to do.
            _ = try await tenants.write(
                [.closeStagedUpload(id, of: principal.user, at: now), .enqueueJob(.upload, id.uuid, at: now)],
                for: tenant,
                as: principal
            )
        } catch BlobError.missing {
            throw .unfinished
        } catch {
            throw UploadError(any: error)
        }
        return try await find(id, reader: reader)
    }

    /// Chooses where the store is to take a file.
    func stage(_ new: NewUpload, of tenant: TenantID) throws(UploadError) -> StoredFile.ID {
        guard let sha256 = new.sha256 else { throw .invalid(constraint: "uploads_staged_id_ck") }
        let staged: StoredFile.ID = identifiers.next()
        guard link(to: staged, of: tenant, byteCount: new.byteCount, sha256: sha256) != nil else { throw .directOff }
        guard new.byteCount <= Self.directLimit else { throw .tooLargeForStorage }
        return staged
    }

    private func link(
        to staged: StoredFile.ID,
        of tenant: TenantID,
        byteCount: Int,
        sha256: [UInt8]
    ) -> UploadLink? {
        guard direct == .on else { return nil }
        let link = store.link(
            to: .store(byteCount: byteCount, sha256: sha256),
            BlobKey(staged, of: tenant),
            for: .seconds(Self.linkLifetime)
        )
        return link.map {
            UploadLink(url: $0.url, fields: $0.fields, expiresAt: clock.now().addingTimeInterval(Self.linkLifetime))
        }
    }

    /// Seals what was sent to the store, so that from then on it is an upload like any other.
    ///
    /// What is sealed is what all that follows looks at; nobody but us writes there. The store may be sent something else meanwhile, and
    /// that changes nothing.
    func seal(
        staged: StoredFile.ID,
        of upload: FileUpload,
        as place: BlobKey,
        under secret: BlobSecret
    ) async throws(ContentCheck.Failure) {
        do throws(BlobError) {
            let sent = try await store.open(BlobKey(staged, of: place.tenant))
            guard sent.byteCount == upload.byteCount else { throw .incomplete }
            // A request of the store for each: fewer of them than for what is read to be looked at.
            try await blobs.put(BlobPieces(of: sent, size: 4 << 20), as: place, under: secret)
        } catch {
            switch error {
            case .incomplete: throw .refused(.checksum)
            // It was sent once more while it was read: read again.
            case .changed: throw .store(.unavailable(reason: "replaced while it was read"))
            default: throw .store(error)
            }
        }
    }

    /// Removes what the store took of an upload; what cannot be removed now is found by whoever tidies up.
    func unstage(_ staged: StoredFile.ID?, of tenant: TenantID) async {
        guard let staged else { return }
        try? await store.remove(BlobKey(staged, of: tenant))
    }
}
