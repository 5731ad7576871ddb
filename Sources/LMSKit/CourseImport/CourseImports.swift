// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Stores courses that were read from outside.
public struct CourseImports: Sendable {
    /// The largest file of a course that is stored; larger ones are reported.
    public static let fileLimit = 64 << 20
    private let courses: Courses
    private let lessons: Lessons
    private let store: any BlobStore
    private let identifiers: IdentifierSource
    private let clock: WallClock

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - courses: Creates and publishes the course.
    ///   - lessons: Writes its curriculum.
    ///   - store: Keeps the bytes of its files.
    ///   - identifiers: Names what is made.
    ///   - clock: Dates what happens.
    public init(
        courses: Courses,
        lessons: Lessons,
        store: any BlobStore,
        identifiers: IdentifierSource = IdentifierSource(),
        clock: WallClock = .system
    ) {
        self.courses = courses
        self.lessons = lessons
        self.store = store
        self.identifiers = identifiers
        self.clock = clock
    }

    /// Makes a course of an imported one: all of it or nothing.
    ///
    /// A second import by the same principal with the same key, also one at the same time, answers with the course of the
    /// first.
    ///
    /// - Parameters:
    ///   - imported: The course as it was read.
    ///   - files: Where its assets are read from.
    ///   - key: What tells this import from others.
    ///   - status: The status that the course gets; another than `draft` needs `course:publish`.
    ///   - instructors: Who teaches it; the principal unless somebody is named, which needs `course:update` on every course.
    ///   - session: The tenant's open transaction; the caller commits it.
    /// - Returns: The import with its course.
    /// - Throws: `CourseImportError.refused` without `course:import` or `course:create`, or if the course is beyond the
    ///   limits of a course; `.tooLarge` if one block is; `.files` if an asset could not be stored; `.database`.
    public func store(
        _ imported: ImportedCourse,
        files: any CourseFiles,
        key: CourseImportKey,
        status: Course.Status = .draft,
        taughtBy instructors: [Principal.ID] = [],
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> CourseImport {
        guard session.principal.may(.courseImport, on: .own) else { throw .refused(.forbidden) }
        let id = identifiers.next(CourseImport.self)
        let now = clock.now()
        let isFirst: Bool = try await CourseImportError.running {
            // A concurrent import with the same key makes this wait until that one is committed or gone.
            try await session.execute(.insertImport(id, key: key, by: session.principal.user, at: now)).affected == 1
        }
        guard isFirst else { return try await repeated(key, session: session) }
        var changes = CourseChanges()
        changes.description = .set(imported.description.storable)
        if !instructors.isEmpty { changes.instructors = .set(instructors) }
        let new = NewCourse(title: Self.title(imported.title), changes: changes)
        var stored: [BlobKey] = []
        do {
            let course: Course = try await CourseImportError.running { try await courses.create(new, session: session) }
            return try await write(
                imported,
                into: course,
                files: files,
                as: id,
                status: status,
                stored: &stored,
                session: session
            )
        } catch {
            // The rows are rolled back by the caller; the bytes would stay.
            for key in stored { try? await store.remove(key) }
            throw error
        }
    }

    private func repeated(
        _ key: CourseImportKey,
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> CourseImport {
        let found: CourseImport? = try await CourseImportError.running {
            try await session.execute(.selectImport(key: key, of: session.principal.user)).only.map(
                CourseImport.init(row:)
            )
        }
        guard var found else { throw .notFound }
        let role = try await role(in: found.course, session: session)
        guard session.principal.may(.courseImport, as: role) else { throw .refused(.forbidden) }
        found.isRepeated = true
        return found
    }

    private func role(
        in course: Course.ID,
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> CourseRole? {
        try await CourseImportError.running {
            try await session.execute(.selectCourseRole(of: session.principal.user, in: course)).only.map {
                try $0[0]
            }
        }
    }

    private func write(
        _ imported: ImportedCourse,
        into course: Course,
        files: any CourseFiles,
        as id: CourseImport.ID,
        status: Course.Status,
        stored: inout [BlobKey],
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> CourseImport {
        var report = imported.report
        var addresses: [String: CourseFile] = [:]
        for path in imported.assets {
            guard let size = files.sizes[path], size <= Self.fileLimit else {
                report.add(.notImported, path, "is larger than \(Self.fileLimit) bytes")
                continue
            }
            let file = CourseFile(asset: path, id: identifiers.next(), of: course.id, byteCount: size)
            let blob = BlobKey(file.id, of: session.tenant)
            stored.append(blob)
            try await CourseImportError.running {
                try await store.put({ try files.read(path) }, as: blob)
                try await session.execute(.insertFile(file, at: clock.now()))
            }
            addresses[path] = file
        }
        let draft = try CurriculumDraft(imported, files: addresses)
        return try await CourseImportError.running {
            _ = try await lessons.sync(draft, to: course.id, session: session)
            if status != .draft { _ = try await courses.setStatus(status, of: course.id, session: session) }
            let rows = try await session.execute(.finishImport(id, course: course.id, report: report.json))
            guard let row = rows.only else { throw CourseImportError.notFound }
            return try CourseImport(row: row)
        }
    }

    /// Finds an import.
    ///
    /// - Parameters:
    ///   - id: The import.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The import.
    /// - Throws: `CourseImportError.notFound` if there is none, or the reader has no `course:import` on its course.
    public func find(_ id: CourseImport.ID, reader: TenantReader) async throws(CourseImportError) -> CourseImport {
        let row = try await CourseImportError.running {
            try await reader.read(.selectImport(id, for: reader.principal.user)).only
        }
        guard let row else { throw .notFound }
        let role: CourseRole? = try await CourseImportError.running { try row[4] }
        guard reader.principal.may(.courseImport, as: role) else { throw .notFound }
        return try await CourseImportError.running { try CourseImport(row: row) }
    }

    /// A title of 3–255 characters.
    static func title(_ text: String) -> String {
        let cut = String(String.UnicodeScalarView(text.storable.unicodeScalars.prefix(255)))
        return cut.unicodeScalars.count < 3 ? "Course \(cut)" : cut
    }
}
