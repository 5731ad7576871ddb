// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What taking files needs besides a store.
public struct UploadPorts: Sendable {
    /// Tells what a file is by its content; nothing is taken without.
    public let types: (any ContentTypes)?
    /// Digests files.
    public let digesting: any StreamDigesting
    /// Looks for malware in files; nobody does without.
    public let scanner: (any MalwareScanner)?
    /// Reads pictures as those who show them do; without, only their structure is looked at.
    public let pictures: (any PictureWorkshop)?

    /// Describes them.
    ///
    /// - Parameters:
    ///   - types: Tells what a file is by its content; nothing is taken without.
    ///   - digesting: Digests files.
    ///   - scanner: Looks for malware in files; nobody does without.
    ///   - pictures: Reads pictures as those who show them do; without, only their structure is looked at.
    public init(
        types: (any ContentTypes)?,
        digesting: any StreamDigesting,
        scanner: (any MalwareScanner)? = nil,
        pictures: (any PictureWorkshop)? = nil
    ) {
        self.types = types
        self.digesting = digesting
        self.scanner = scanner
        self.pictures = pictures
    }
}

/// Takes files in pieces, keeps what was received over crashes, checks what is complete and makes files of it.
///
/// Content is sealed as it comes and goes to the store in parts; the rows say how much there is. What was acknowledged can be gone on
/// with by any process.
public struct Uploads: Sendable {
    /// How long an upload is kept without anything being appended.
    public static let lifetime: TimeInterval = 24 * 3_600
    /// For how long a request that appends counts without saying so again; whoever comes meanwhile is told to wait.
    static let lease: TimeInterval = 15
    let store: any BlobStore
    let blobs: SealedBlobs
    let keys: TenantKeys
    let ports: UploadPorts
    let direct: DirectUploads
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - store: Keeps the bytes.
    ///   - keys: Seal the keys of files.
    ///   - ports: What tells files apart and digests them.
    ///   - direct: Whether files may be sent to the store itself.
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what becomes of uploads.
    public init(
        store: any BlobStore,
        keys: TenantKeys,
        ports: UploadPorts,
        direct: DirectUploads = .off,
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.store = store
        self.keys = keys
        self.ports = ports
        self.direct = direct
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
        blobs = SealedBlobs(store: store, cryptography: keys.cryptography)
    }

    /// Begins an upload, which has its bytes promised from now on.
    ///
    /// The row of the tenant's storage is locked until the commit.
    ///
    /// - Parameters:
    ///   - new: What is to be uploaded.
    ///   - session: The tenant's open transaction, of the user whose upload it is.
    /// - Returns: The upload; nothing of it was received.
    /// - Throws: `UploadError.courseNotFound`; `.forbidden` without `course:update` on the course, or for a submission without a place in it;
    ///   `.typeNotAllowed` by the name's ending; `.tooLarge`; `.noRoom`; `.tooMany`; `.notBuilt`; for one that is sent to the store `.directOff`,
    ///   `.tooLargeForStorage`, `.invalid` without a digest.
    public func begin(_ new: NewUpload, session: borrowing TenantSession) async throws(UploadError) -> FileUpload {
        guard ports.types != nil else { throw .notBuilt }
        guard let user = session.principal.user else { throw .forbidden }
        do {
            let rows = try await session.execute(.selectUploadAccess(to: new.course, for: user))
            guard let row = rows.only else { throw UploadError.courseNotFound }
            try UploadAccess(row: row).require(new.use, for: session.principal)
            guard ContentRule.isTaken(ending: new.name.ending, for: new.use) else { throw UploadError.typeNotAllowed }
            let file: StoredFile.ID = identifiers.next()
            let staged = new.way == .storage ? try stage(new, of: session.tenant) : nil
            let key = try blobs.makeKey(for: file, under: try await keys.current(session: session))
            let id: FileUpload.ID = identifiers.next()
            let now = clock.now()
            let inserted = try await session.execute(
                .insertUpload(
                    id,
                    new,
                    of: user,
                    file,
                    key,
                    staged: staged,
                    at: now,
                    until: now.addingTimeInterval(Self.lifetime)
                )
            )
            guard let row = inserted.only else { throw UploadError.database(.cancelled) }
            return try FileUpload(row: row)
        } catch {
            throw UploadError(any: error)
        }
    }

    /// Finds an upload of one's own.
    ///
    /// - Parameters:
    ///   - id: The upload.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The upload.
    /// - Throws: `UploadError.notFound`, also for somebody else's; `.expired` for one that may not be gone on with.
    public func find(_ id: FileUpload.ID, reader: TenantReader) async throws(UploadError) -> FileUpload {
        try await UploadError.translating {
            let rows = try await reader.read(.selectUpload(id, of: reader.principal.user))
            guard let row = rows.only else { throw UploadError.notFound }
            let upload = try FileUpload(row: row)
            if upload.status == .open, upload.expiresAt <= clock.now() { throw UploadError.expired }
            return upload
        }
    }

    /// Gives up an upload of one's own, or forgets one that is over; the file that came of it stays.
    ///
    /// One that is sent to the store ends, and is forgotten when nothing can be sent there any more.
    ///
    /// - Parameters:
    ///   - id: The upload.
    ///   - tenant: The tenant.
    ///   - principal: Whose it is.
    ///   - tenants: Runs the statement.
    /// - Throws: `UploadError.notFound`, also for somebody else's; `.busy` while it is looked at.
    public func terminate(
        _ id: FileUpload.ID,
        of tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(UploadError) {
        let removed: RemovedUpload? = try await UploadError.translating {
            let replies = try await tenants.write(
                [
                    .deleteUpload(id, of: principal.user), .endStagedUpload(id, of: principal.user, at: clock.now()),
                    .selectUpload(id, of: principal.user),
                ],
                for: tenant,
                as: principal
            )
            if let row = replies[0].only { return try RemovedUpload(row: row) }
            guard let row = replies[2].only else { throw UploadError.notFound }
            guard replies[1].affected == 1 else { throw UploadError.busy }
            await unstage(try FileUpload(row: row).staged, of: tenant)
            return nil
        }
        guard let removed else { return }
        // Its row is gone; what could not be removed now is found by whoever tidies up.
        try? await discard(removed, of: tenant)
    }

    /// Removes what the store has of an upload without a row.
    func discard(_ removed: RemovedUpload, of tenant: TenantID) async throws(BlobError) {
        if let staged = removed.staged { try await store.remove(BlobKey(staged, of: tenant)) }
        guard removed.status != .stored, let token = removed.token else { return }
        try await store.abort(BlobUpload(BlobKey(removed.file, of: tenant), token: token))
    }

    static let principal = Principal(.system("uploads"), grants: Grants())
}

/// Who may upload what to a course; no I/O.
struct UploadAccess: Sendable {
    let facts: AccessFacts

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        facts = AccessFacts(
            status: try fields.next(),
            isFree: try fields.next(),
            isOpen: try fields.next(),
            role: try fields.next(),
            enrollment: try fields.next()
        )
    }

    func require(_ use: FileUpload.Use, for principal: Principal) throws(UploadError) {
        let isKnown = EntitlementPolicy.level(facts, for: principal) != .none
        let isAllowed =
            switch use {
            case .courseAsset, .caption: principal.may(.courseUpdate, as: facts.role)
            case .submission: facts.enrollment == .active || principal.may(.courseUpdate, as: facts.role)
            }
        guard isAllowed else { throw isKnown ? .forbidden : .courseNotFound }
    }
}

/// What the store may have of an upload whose row is gone.
struct RemovedUpload: Sendable {
    let file: StoredFile.ID
    let status: FileUpload.Status
    let token: String?
    let staged: StoredFile.ID?

    init(row: Row) throws(DatabaseError) {
        staged = try row["staged_id"]
        file = try row["file_id"]
        status = try row["status"]
        token = try row["store_token"]
    }
}
