// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    private static let uploadColumns: SQL =
        """
        u.id, u.course_id, u.use, u.name, u.byte_count, u.received_bytes, u.status, u.refusal, u.file_id, u.expires_at, u.staged_id,
        u.sha256
        """

    /// What decides who may upload to a course.
    static func selectUploadAccess(to course: Course.ID, for user: Principal.ID) -> SQL {
        """
        SELECT c.status, c.price_minor IS NULL, c.is_open,
               (SELECT i.role FROM course_instructors i WHERE i.course_id = c.id AND i.user_id = \(user)),
               (SELECT e.status FROM enrollments e WHERE e.user_id = \(user) AND e.course_id = c.id)
        FROM courses c WHERE c.id = \(course)
        """
    }

    static func insertUpload(
        _ id: FileUpload.ID,
        _ new: NewUpload,
        of user: Principal.ID,
        _ file: StoredFile.ID,
        _ key: BlobKeyPair,
        staged: StoredFile.ID?,
        at instant: Date,
        until end: Date
    ) -> SQL {
        """
        INSERT INTO uploads AS u (id, user_id, course_id, use, name, byte_count, sha256, file_id, tenant_key_id, sealed_key,
            staged_id, created_at, expires_at)
        VALUES (\(id), \(user), \(new.course), \(new.use), \(new.name.description), \(new.byteCount),
            \(new.sha256.map(Bytes.init)), \(file), \(key.tenantKey), \(Bytes(key.sealed)), \(staged), \(instant), \(end))
        RETURNING \(uploadColumns)
        """
    }

    static func selectUpload(_ id: FileUpload.ID, of user: Principal.ID?) -> SQL {
        "SELECT \(uploadColumns) FROM uploads u WHERE u.id = \(id) AND u.user_id = \(user)"
    }

    /// No row if it is somebody else's, not open, elsewhere, over, sent to the store, or held by another request.
    static func leaseUpload(
        _ id: FileUpload.ID,
        of user: Principal.ID?,
        at offset: Int,
        _ lease: UUID,
        now: Date,
        until: Date
    ) -> SQL {
        """
        UPDATE uploads u SET lease = \(lease), leased_until = \(until)
        WHERE u.id = \(id) AND u.user_id = \(user) AND u.status = 'open' AND u.received_bytes = \(offset)
            AND u.expires_at > \(now) AND u.staged_id IS NULL AND (u.lease IS NULL OR u.leased_until <= \(now))
        RETURNING u.store_token, u.sealed_key, u.tail, u.piece_count,
            (SELECT count(*) FROM upload_parts p WHERE p.upload_id = u.id) AS parts
        """
    }

    static func renewUpload(_ id: FileUpload.ID, _ lease: UUID, until: Date) -> SQL {
        "UPDATE uploads SET leased_until = \(until) WHERE id = \(id) AND lease = \(lease)"
    }

    /// Gives an upload back as it was written down last.
    static func releaseUpload(_ id: FileUpload.ID, _ lease: UUID) -> SQL {
        "UPDATE uploads SET lease = NULL, leased_until = NULL WHERE id = \(id) AND lease = \(lease)"
    }

    /// No row if another request has it by now; nothing is changed then.
    static func keepUpload(_ id: FileUpload.ID, _ lease: UUID, _ state: UploadState, _ part: BlobPart?) -> SQL {
        """
        WITH kept AS (
            UPDATE uploads SET received_bytes = \(state.received), tail = \(state.tail), piece_count = \(state.pieces),
                store_token = \(state.token),
                lease = CASE WHEN \(state.until) IS NOT NULL THEN lease END, leased_until = \(state.until),
                status = CASE WHEN \(state.isWhole) THEN 'checking' ELSE status END, expires_at = \(state.expiresAt)
            WHERE id = \(id) AND lease = \(lease) AND status = 'open'
            RETURNING id
        ), part AS (
            INSERT INTO upload_parts (upload_id, number, byte_count, tag)
            SELECT id, \(part?.number), \(part?.byteCount), \(part?.tag) FROM kept WHERE \(part?.number) IS NOT NULL
            RETURNING 1
        ), done AS (
            DELETE FROM upload_pieces USING kept WHERE upload_id = kept.id AND number >= \(state.pieces)
        )
        SELECT id FROM kept
        """
    }

    /// Nothing is changed if another request has it by now.
    ///
    /// A piece of a request that was cut off is replaced.
    static func keepPiece(_ number: Int, _ content: [UInt8], of id: FileUpload.ID, _ lease: UUID) -> SQL {
        """
        INSERT INTO upload_pieces (upload_id, number, content)
        SELECT id, \(number), \(Bytes(content)) FROM uploads WHERE id = \(id) AND lease = \(lease) AND status = 'open' FOR SHARE
        ON CONFLICT (upload_id, number) DO UPDATE SET content = EXCLUDED.content
        """
    }

    static func selectPieces(of id: FileUpload.ID, from number: Int, before end: Int) -> SQL {
        """
        SELECT content FROM upload_pieces WHERE upload_id = \(id) AND number >= \(number) AND number < \(end) ORDER BY number
        """
    }

    /// What is being looked at stays until that is done.
    static func deleteUpload(_ id: FileUpload.ID, of user: Principal.ID?) -> SQL {
        """
        DELETE FROM uploads WHERE id = \(id) AND user_id = \(user) AND status <> 'checking'
            AND (status <> 'open' OR staged_id IS NULL)
        RETURNING file_id, status, store_token, staged_id
        """
    }

    /// Ends an upload that the store takes, whose bytes stay promised while there may be an address that is good.
    static func endStagedUpload(_ id: FileUpload.ID, of user: Principal.ID?, at instant: Date) -> SQL {
        """
        UPDATE uploads SET expires_at = least(expires_at, \(instant))
        WHERE id = \(id) AND user_id = \(user) AND status = 'open' AND staged_id IS NOT NULL
        """
    }

    /// Some of the uploads that are over, with those that nobody went on with; what was sent to the store in time may last an hour.
    static func deleteOverUploads(at instant: Date, closedBefore: Date, limit: Int) -> SQL {
        """
        DELETE FROM uploads WHERE id IN (
            SELECT id FROM uploads
            WHERE (status = 'open' AND expires_at <= CASE WHEN staged_id IS NULL THEN \(instant)
                    ELSE \(instant.addingTimeInterval(-3_600)) END) OR (status IN ('stored', 'refused') AND expires_at <= \(closedBefore))
            ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
        )
        RETURNING file_id, status, store_token, staged_id
        """
    }

    /// Which of some files uploads name: those that are being looked at, and what the store has of those that are sent there.
    static func selectCheckedFiles(_ ids: [StoredFile.ID]) -> SQL {
        """
        SELECT file_id FROM uploads WHERE file_id = ANY(\(ids)) AND status = 'checking'
        UNION ALL SELECT staged_id FROM uploads WHERE staged_id = ANY(\(ids))
        """
    }

    /// Has an upload looked at whose bytes the store has; no row if it is somebody else's, not open or over.
    static func closeStagedUpload(_ id: FileUpload.ID, of user: Principal.ID?, at instant: Date) -> SQL {
        """
        UPDATE uploads SET status = 'checking', received_bytes = byte_count
        WHERE id = \(id) AND user_id = \(user) AND status = 'open' AND staged_id IS NOT NULL AND expires_at > \(instant)
        RETURNING id
        """
    }

    /// By what the store knows the uploads that go on.
    static let selectUploadTokens: SQL =
        "SELECT file_id, store_token FROM uploads WHERE store_token IS NOT NULL AND status IN ('open', 'checking')"

    static func selectUploadToCheck(_ id: FileUpload.ID) -> SQL {
        """
        SELECT \(uploadColumns), u.user_id, u.tenant_key_id, u.store_token, u.sealed_key, u.tail, u.piece_count,
            (SELECT count(*) FROM upload_parts p WHERE p.upload_id = u.id) AS parts
        FROM uploads u WHERE u.id = \(id) AND u.status = 'checking'
        """
    }

    static func selectUploadParts(of id: FileUpload.ID) -> SQL {
        "SELECT number, byte_count, tag FROM upload_parts WHERE upload_id = \(id) ORDER BY number"
    }

    /// Makes a file of an upload that was just stored; no row if it was not.
    ///
    /// The key is taken from the upload's row as it is now, in case a new tenant key took over meanwhile.
    static func insertUploadedFile(_ id: FileUpload.ID, _ made: UploadedFile, at instant: Date) -> SQL {
        """
        INSERT INTO files (id, course_id, name, media_type, byte_count, tenant_key_id, sealed_key, created_at, use, owner_id, sha256)
        SELECT file_id, course_id, name, \(made.mediaType), \(made.byteCount), tenant_key_id, sealed_key, \(instant), use,
            CASE WHEN use = 'submission' THEN user_id END, \(Bytes(made.sha256))
        FROM uploads WHERE id = \(id) AND status = 'stored'
        RETURNING id
        """
    }

    /// A file that was made of what was uploaded has a key of its own.
    static func storeUpload(_ id: FileUpload.ID, as made: UploadedFile, until end: Date) -> SQL {
        """
        WITH done AS (DELETE FROM upload_pieces WHERE upload_id = \(id))
        UPDATE uploads SET status = 'stored', file_id = \(made.id),
            sealed_key = coalesce(\(made.key.map { Bytes($0.sealed) }), sealed_key),
            tenant_key_id = coalesce(\(made.key?.tenantKey), tenant_key_id), tail = NULL, piece_count = 0, store_token = NULL,
            staged_id = NULL, expires_at = \(end)
        WHERE id = \(id) AND status = 'checking' RETURNING id
        """
    }

    static func refuseUpload(_ id: FileUpload.ID, _ refusal: FileUpload.Refusal, until end: Date) -> SQL {
        """
        WITH done AS (DELETE FROM upload_pieces WHERE upload_id = \(id))
        UPDATE uploads SET status = 'refused', refusal = \(refusal), tail = NULL, piece_count = 0, store_token = NULL,
            staged_id = NULL, expires_at = \(end)
        WHERE id = \(id) AND status = 'checking' RETURNING id
        """
    }
}

extension FileUpload {
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        use = try fields.next()
        name = try fields.next()
        byteCount = try fields.next()
        receivedCount = try fields.next()
        status = try fields.next()
        refusal = try fields.next()
        file = try fields.next()
        expiresAt = try fields.next()
        staged = try fields.next()
        let digest: Bytes? = try fields.next()
        sha256 = digest?.array
    }
}
