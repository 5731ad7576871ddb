// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Finds the files of courses for those who are entitled to the course.
public struct Files: Sendable {
    private let store: any BlobStore

    /// Makes the service.
    ///
    /// - Parameter store: Keeps the bytes.
    public init(store: any BlobStore) {
        self.store = store
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - id: The file.
    ///   - reader: Who reads in which tenant.
    /// - Returns: What is known of it, and its bytes.
    /// - Throws: `FileError.notFound` if there is none or the reader may not know of it; `.forbidden` if they see the
    ///   course and are not entitled to its content; `.store`; `.database`.
    public func read(
        _ id: StoredFile.ID,
        reader: TenantReader
    ) async throws(FileError) -> (file: CourseFile, bytes: [UInt8]) {
        let file = try await find(id, reader: reader)
        do {
            return (file, try await store.bytes(of: BlobKey(id, of: reader.tenant)))
        } catch {
            throw .store(error)
        }
    }

    private func find(_ id: StoredFile.ID, reader: TenantReader) async throws(FileError) -> CourseFile {
        let found = try await FileError.translating {
            try await reader.read(.selectFileWithAccess(id, for: reader.principal.user)).only.map(CourseFile.withAccess)
        }
        guard let (file, facts) = found else { throw .notFound }
        switch EntitlementPolicy.level(facts, for: reader.principal) {
        case .full: return file
        case .preview: throw .forbidden
        case .none: throw .notFound
        }
    }
}

/// Why a file was not given.
@nonexhaustive
public enum FileError: Error, Sendable, Equatable {
    /// There is no such file, or the reader may not know that there is.
    case notFound
    /// The file is for those who are enrolled.
    case forbidden
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
    static func withAccess(_ row: Row) throws(DatabaseError) -> (CourseFile, AccessFacts) {
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
        return (file, facts)
    }
}

extension SQL {
    static func selectFileWithAccess(_ id: StoredFile.ID, for user: Principal.ID?) -> SQL {
        """
        SELECT f.id, f.course_id, f.name, f.media_type, f.byte_count, c.status, c.price_minor IS NULL, c.is_open,
               (SELECT i.role FROM course_instructors i WHERE i.course_id = c.id AND i.user_id = \(user)),
               (SELECT e.status FROM enrollments e WHERE e.user_id = \(user) AND e.course_id = c.id)
        FROM files f JOIN courses c ON c.id = f.course_id WHERE f.id = \(id)
        """
    }

    static func insertFile(_ file: CourseFile, at instant: Date) -> SQL {
        """
        INSERT INTO files (id, course_id, name, media_type, byte_count, created_at)
        VALUES (\(file.id), \(file.course), \(file.name), \(file.mediaType), \(file.byteCount), \(instant))
        """
    }
}
