// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Finds the files of courses for those who are entitled to the course.
public struct Files: Sendable {
    private let store: any BlobStore
    private let blobs: SealedBlobs
    private let keys: TenantKeys

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - store: Keeps the bytes.
    ///   - keys: Open the keys of files.
    public init(store: any BlobStore, keys: TenantKeys) {
        self.store = store
        self.keys = keys
        blobs = SealedBlobs(store: store, cryptography: keys.cryptography)
    }

    /// Reads a whole file into memory.
    ///
    /// - Parameters:
    ///   - id: The file.
    ///   - reader: Who reads in which tenant.
    /// - Returns: What is known of it, and its bytes.
    /// - Throws: As `open(_:reader:)`.
    public func read(
        _ id: StoredFile.ID,
        reader: TenantReader
    ) async throws(FileError) -> (file: CourseFile, bytes: [UInt8]) {
        let (file, content) = try await open(id, reader: reader)
        do {
            return (file, try await content.all())
        } catch {
            throw .store(error)
        }
    }

    /// Opens a file for reading any part of it.
    ///
    /// - Parameters:
    ///   - id: The file.
    ///   - reader: Who reads in which tenant.
    /// - Returns: What is known of it, and what reads its bytes.
    /// - Throws: `FileError.notFound` if there is none or the reader may not know of it; `.forbidden` if they see the
    ///   course and are not entitled to its content; `.store`, also if its key does not open; `.database`.
    public func open(
        _ id: StoredFile.ID,
        reader: TenantReader
    ) async throws(FileError) -> (file: CourseFile, content: any BlobReader) {
        let (file, secret) = try await find(id, reader: reader)
        return (file, try await content(of: id, byteCount: file.byteCount, secret, in: reader.tenant))
    }

    /// Opens a file of a submission for reading any part of it.
    ///
    /// - Parameters:
    ///   - file: The file, as `Assignments.file` gave it to the reader, who may therefore read it.
    ///   - reader: Who reads in which tenant.
    /// - Returns: What reads its bytes.
    /// - Throws: `FileError.notFound` if it is no more the submission's; `.store`, also if its key does not open; `.database`.
    public func open(_ file: SubmissionFile, reader: TenantReader) async throws(FileError) -> any BlobReader {
        try await open(file.stored, file.byteCount, .selectSubmissionFileKey(of: file), reader: reader)
    }

    /// Opens a file of an answer to a quiz for reading any part of it.
    ///
    /// - Parameters:
    ///   - file: The file, as `Quizzes.file` gave it to the reader, who may therefore read it.
    ///   - reader: Who reads in which tenant.
    /// - Returns: What reads its bytes.
    /// - Throws: `FileError.notFound` if it is no more the answer's; `.store`, also if its key does not open; `.database`.
    public func open(_ file: QuizAnswerFile, reader: TenantReader) async throws(FileError) -> any BlobReader {
        try await open(file.stored, file.byteCount, .selectAnswerFileKey(of: file), reader: reader)
    }

    /// Opens what somebody may read as part of something else, by the statement that finds its key there.
    private func open(
        _ id: StoredFile.ID,
        _ byteCount: Int,
        _ selectKey: SQL,
        reader: TenantReader
    ) async throws(FileError) -> any BlobReader {
        let replies = try await FileError.translating { try await reader.read([selectKey, .selectTenantKeys()]) }
        guard let row = replies[0].only else { throw .notFound }
        let sealed: Bytes? = try await FileError.translating { try row[0] }
        let secret = try await secret(sealed, for: id, keys: replies[1], in: reader.tenant)
        return try await content(of: id, byteCount: byteCount, secret, in: reader.tenant)
    }

    private func content(
        of id: StoredFile.ID,
        byteCount: Int,
        _ secret: BlobSecret?,
        in tenant: TenantID
    ) async throws(FileError) -> any BlobReader {
        do throws(BlobError) {
            let place = BlobKey(id, of: tenant)
            guard let secret else { return try await store.open(place) }
            let content = try await blobs.open(place, under: secret)
            guard content.byteCount == byteCount else { throw BlobError.damaged }
            return content
        } catch {
            throw .store(error)
        }
    }

    /// Opens the key of a file whose bytes are sealed.
    private func secret(
        _ sealed: Bytes?,
        for id: StoredFile.ID,
        keys rows: Rows,
        in tenant: TenantID
    ) async throws(FileError) -> BlobSecret? {
        guard let sealed else { return nil }
        do {
            guard let key = try await keys.newest(of: rows, tenant) else { throw KeyError.unusable }
            return try blobs.open(sealed.array, for: id, under: key)
        } catch let error as DatabaseError {
            throw .database(error)
        } catch {
            throw .store(.unavailable(reason: "the tenant's keys cannot be used"))
        }
    }

    /// The file, and the key for its bytes if they are sealed, in one round trip.
    private func find(
        _ id: StoredFile.ID,
        reader: TenantReader
    ) async throws(FileError) -> (CourseFile, BlobSecret?) {
        let replies = try await FileError.translating {
            try await reader.read([
                .selectFileWithAccess(id, for: reader.principal.user), .selectTenantKeys(),
                .selectAvailability(of: id, for: reader.principal.user, at: keys.clock.now()),
            ])
        }
        let found = try await FileError.translating { try replies[0].only.map(CourseFile.withAccess) }
        guard let (file, facts, sealed, owner) = found else { throw .notFound }
        // Whoever grades what it is part of reads it with the submission, under the name that they may see.
        if let owner, owner != reader.principal.user { throw .notFound }
        switch EntitlementPolicy.level(facts, for: reader.principal) {
        case .full: break
        case .preview: throw .forbidden
        case .none: throw .notFound
        }
        let availability = try await FileError.translating { try Availability(of: replies[2]) }
        if case .later(let instant) = availability, !EntitlementPolicy.isStaff(facts, reader.principal) {
            throw .notYetAvailable(instant)
        }
        return (file, try await secret(sealed, for: id, keys: replies[1], in: reader.tenant))
    }
}

/// Why a file was not given.
@nonexhaustive
public enum FileError: Error, Sendable, Equatable {
    /// There is no such file, or the reader may not know that there is.
    case notFound
    /// The file is for those who are enrolled.
    case forbidden
    /// Its lessons are not the reader's yet: the first comes at this instant, UTC; `nil` if that depends on when they enroll.
    case notYetAvailable(Date?)
    /// Its bytes could not be read.
    case store(BlobError)
    /// The database failed.
    case database(DatabaseError)
}

extension FileError: FeatureError {
    init(_ error: DatabaseError) {
        self = .database(error)
    }
}

extension CourseFile {
    static func withAccess(_ row: Row) throws(DatabaseError) -> (CourseFile, AccessFacts, Bytes?, Principal.ID?) {
        var fields = RowFields(row)
        let file = CourseFile(
            id: try fields.next(),
            course: try fields.next(),
            name: try fields.next(),
            mediaType: try fields.next(),
            byteCount: try fields.next()
        )
        let status: Course.Status = try fields.next()
        let isFree: Bool = try fields.next()
        let isOpen: Bool = try fields.next()
        let role: CourseRole? = try fields.next()
        let facts = AccessFacts(
            status: status,
            isFree: isFree,
            isOpen: isOpen,
            role: role,
            enrollment: try fields.next()
        )
        return (file, facts, try fields.next(), try fields.next())
    }
}

extension SQL {
    static func selectFileWithAccess(_ id: StoredFile.ID, for user: Principal.ID?) -> SQL {
        """
        SELECT f.id, c.id, f.name, f.media_type, f.byte_count, c.status, c.price_minor IS NULL, c.is_open,
               (SELECT i.role FROM course_instructors i WHERE i.course_id = c.id AND i.user_id = \(user)),
               (SELECT e.status FROM enrollments e WHERE e.user_id = \(user) AND e.course_id = c.id),
               f.sealed_key, f.owner_id
        FROM files f JOIN courses c ON c.id = \(.courseShowing(for: user)) WHERE f.id = \(id)
        """
    }

    /// The course by which `user` gets to a file `f`: of those that show it the one that lets them read the most.
    ///
    /// What learners hand in is shared with no course, so that it is always the file's own.
    static func courseShowing(for user: Principal.ID?) -> SQL {
        """
        (SELECT x.id FROM courses x
         LEFT JOIN course_instructors y ON y.course_id = x.id AND y.user_id = \(user)
         LEFT JOIN enrollments z ON z.course_id = x.id AND z.user_id = \(user)
         WHERE x.id IN (SELECT f.course_id UNION ALL SELECT s.course_id FROM shared_files s WHERE s.file_id = f.id)
         ORDER BY y.course_id IS NULL, coalesce(z.status NOT IN ('active', 'completed'), true), x.status <> 'published',
                  NOT x.is_open, coalesce(z.status <> 'migrated', true), x.id <> f.course_id, x.id
         LIMIT 1)
        """
    }

    static func insertFile(_ file: CourseFile, key: BlobKeyPair, at instant: Date) -> SQL {
        """
        INSERT INTO files (id, course_id, name, media_type, byte_count, tenant_key_id, sealed_key, created_at)
        VALUES (\(file.id), \(file.course), \(file.name), \(file.mediaType), \(file.byteCount),
                \(key.tenantKey), \(Bytes(key.sealed)), \(instant))
        """
    }
}
