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
    private let quizzes: Quizzes
    private let blobs: SealedBlobs
    private let keys: TenantKeys
    private let identifiers: IdentifierSource
    private let clock: WallClock
    private let scanner: (any MalwareScanner)?
    private let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - courses: Creates and publishes the course.
    ///   - lessons: Writes its curriculum.
    ///   - quizzes: Makes quizzes of its problems.
    ///   - store: Keeps the bytes of its files.
    ///   - keys: Seal the keys of its files.
    ///   - identifiers: Names what is made.
    ///   - clock: Dates what happens.
    ///   - scanner: Looks for malware in its files; nobody does without.
    ///   - audit: Records what is found.
    public init(
        courses: Courses,
        lessons: Lessons,
        quizzes: Quizzes = Quizzes(),
        store: any BlobStore,
        keys: TenantKeys,
        identifiers: IdentifierSource = IdentifierSource(),
        clock: WallClock = .system,
        scanner: (any MalwareScanner)? = nil,
        audit: Audit = Audit()
    ) {
        self.courses = courses
        self.lessons = lessons
        self.quizzes = quizzes
        blobs = SealedBlobs(store: store, cryptography: keys.cryptography)
        self.keys = keys
        self.identifiers = identifiers
        self.clock = clock
        self.scanner = scanner
        self.audit = audit
    }

    /// Makes a course of an imported one: all of it or nothing.
    ///
    /// A second import by the same principal with the same key, also one at the same time, answers with the course of the
    /// first. The bytes of its files are stored before the transaction that makes the course, because a store may be far
    /// away; they are removed if it fails.
    ///
    /// - Parameters:
    ///   - imported: The course as it was read.
    ///   - files: Where its assets are read from.
    ///   - key: What tells this import from others.
    ///   - status: The status that the course gets; another than `draft` needs `course:publish`.
    ///   - instructors: Who teaches it; the principal unless somebody is named, which needs `course:update` on every course.
    ///   - tenant: The tenant.
    ///   - principal: Who imports.
    ///   - tenants: Runs the transactions.
    /// - Returns: The import with its course.
    /// - Throws: `CourseImportError.refused` without `course:import` or `course:create`, or if the course is beyond the
    ///   limits of a course; `.tooLarge` if one block is; `.files` if an asset could not be stored; `.malware`; `.unscannable`; `.scanner`;
    ///   `.database`.
    public func store(
        _ imported: ImportedCourse,
        files: any CourseFiles,
        key: CourseImportKey,
        status: Course.Status = .draft,
        taughtBy instructors: [Principal.ID] = [],
        into tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(CourseImportError) -> CourseImport {
        guard principal.may(.courseImport, on: .own) else { throw .refused(.forbidden) }
        let found: CourseImport? = try await CourseImportError.running {
            try await tenants.transaction(for: tenant, as: principal) { session in
                try await find(key, session: session)
            }
        }
        if let found { return found }
        let tenantKey: TenantKey = try await CourseImportError.running {
            try await keys.current(tenant, tenants: tenants, as: principal)
        }
        let staged = try await stage(imported, files, of: tenant, under: tenantKey)
        do throws(CourseImportError) {
            try await scan(staged, of: tenant, as: principal, tenants)
        } catch {
            await discard(staged, of: tenant)
            throw error
        }
        do throws(CourseImportError) {
            let made: CourseImport = try await CourseImportError.running {
                try await tenants.transaction(for: tenant, as: principal) { session in
                    try await make(imported, staged, key, status, taughtBy: instructors, session: session)
                }
            }
            if made.isRepeated { await discard(staged, of: tenant) }
            return made
        } catch {
            // Rows may be there that name them.
            if error != .database(.unknownOutcome) { await discard(staged, of: tenant) }
            throw error
        }
    }

    private func make(
        _ imported: ImportedCourse,
        _ staged: [StagedFile],
        _ key: CourseImportKey,
        _ status: Course.Status,
        taughtBy instructors: [Principal.ID],
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> CourseImport {
        let id = identifiers.next(CourseImport.self)
        let now = clock.now()
        let isFirst: Bool = try await CourseImportError.running {
            // A concurrent import with the same key makes this wait until that one is committed or gone.
            try await session.execute(.insertImport(id, key: key, by: session.principal.user, at: now)).affected == 1
        }
        guard isFirst else {
            guard let found = try await find(key, session: session) else { throw .notFound }
            return found
        }
        var changes = CourseChanges()
        changes.description = .set(imported.description.storable)
        if !instructors.isEmpty { changes.instructors = .set(instructors) }
        let new = NewCourse(title: Self.title(imported.title), changes: changes)
        let course: Course = try await CourseImportError.running { try await courses.create(new, session: session) }
        return try await write(imported, staged, into: course, as: id, status: status, session: session)
    }

    /// The earlier import with a key, if there was one.
    private func find(
        _ key: CourseImportKey,
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> CourseImport? {
        let found: CourseImport? = try await CourseImportError.running {
            try await session.execute(.selectImport(key: key, of: session.principal.user)).only.map(
                CourseImport.init(row:)
            )
        }
        guard var found else { return nil }
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
        _ staged: [StagedFile],
        into course: Course,
        as id: CourseImport.ID,
        status: Course.Status,
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> CourseImport {
        var report = imported.report
        let kept = Set(staged.map(\.path))
        for path in imported.assets where !kept.contains(path) {
            report.add(.notImported, path, "is larger than \(Self.fileLimit) bytes")
        }
        var addresses: [String: CourseFile] = [:]
        for file in staged {
            let row = CourseFile(asset: file.path, id: file.id, of: course.id, byteCount: file.byteCount)
            _ = try await CourseImportError.running {
                try await session.execute(.insertFile(row, key: file.key, at: clock.now()))
            }
            addresses[file.path] = row
        }
        let found = ImportedQuizzes(
            imported,
            sanitizer: HTMLSanitizer(naming: addresses),
            for: quizzes,
            report: &report
        )
        let draft = try CurriculumDraft(imported, files: addresses, quizzes: found)
        let outline: CourseOutline = try await CourseImportError.running {
            try await lessons.sync(draft, to: course.id, session: session)
        }
        for path in try await adopt(found, of: imported, in: outline, session: session) {
            report.add(.reducedBlock, path, "its quiz is a draft: the gradebook has \(Gradebook.itemLimit) items")
        }
        return try await CourseImportError.running {
            if status != .draft { _ = try await courses.setStatus(status, of: course.id, session: session) }
            let rows = try await session.execute(.finishImport(id, course: course.id, report: report.json))
            guard let row = rows.only else { throw CourseImportError.notFound }
            return try CourseImport(row: row)
        }
    }

    /// Makes the quizzes of a course's lessons.
    ///
    /// - Returns: The paths of lessons whose quizzes stay drafts.
    private func adopt(
        _ found: ImportedQuizzes,
        of imported: ImportedCourse,
        in outline: CourseOutline,
        session: borrowing TenantSession
    ) async throws(CourseImportError) -> [String] {
        let modules = outline.modules
        var placed: [(quiz: ImportedQuiz, lesson: Lesson.ID)] = []
        for (place, quiz) in found.quizzes where modules.indices.contains(place.module) {
            let lessons = modules[place.module].lessons
            if lessons.indices.contains(place.lesson) { placed.append((quiz, lessons[place.lesson].id)) }
        }
        let quizzes = placed
        let title = outline.course.title.unicodeScalars.prefix(QuestionBank.titleLimit)
        let drafts: [Quiz.ID] = try await CourseImportError.running {
            try await self.quizzes.adopt(quizzes, banksCalled: String(title), in: outline.course.id, session: session)
        }
        return found.quizzes.filter { drafts.contains($0.quiz.id) }.map { found in
            imported.modules[found.place.module].lessons[found.place.lesson].blocks.first?.path ?? ""
        }
    }

    /// Stores the bytes of a course's files, each under a key of its own; none stays if one fails.
    private func stage(
        _ imported: ImportedCourse,
        _ files: any CourseFiles,
        of tenant: TenantID,
        under tenantKey: TenantKey
    ) async throws(CourseImportError) -> [StagedFile] {
        var staged: [StagedFile] = []
        do throws(CourseImportError) {
            for path in imported.assets {
                guard let size = files.sizes[path], size <= Self.fileLimit else { continue }
                let id: StoredFile.ID = identifiers.next()
                let key = try await CourseImportError.running { try blobs.makeKey(for: id, under: tenantKey) }
                staged.append(StagedFile(path: path, id: id, byteCount: size, key: key))
                try await CourseImportError.running {
                    try await blobs.put({ try files.read(path) }, as: BlobKey(id, of: tenant), under: key.secret)
                }
            }
            return staged
        } catch {
            await discard(staged, of: tenant)
            throw error
        }
    }

    /// Has what is stored looked through, if somebody does that.
    private func scan(
        _ staged: [StagedFile],
        of tenant: TenantID,
        as principal: Principal,
        _ tenants: Tenants
    ) async throws(CourseImportError) {
        guard let scanner else { return }
        for file in staged {
            let verdict: MalwareVerdict = try await CourseImportError.running {
                try await scanner.scan(try await blobs.open(BlobKey(file.id, of: tenant), under: file.key.secret))
            }
            switch verdict {
            case .clean: continue
            case .beyondLimits: throw .unscannable(path: file.path)
            case .found(let name):
                let act = AuditEvent.malware(name, in: file.id)
                _ = try await CourseImportError.running {
                    try await tenants.write([audit.recording(act, by: principal)], for: tenant, as: principal)
                }
                throw .malware(path: file.path, name)
            }
        }
    }

    private func discard(_ staged: [StagedFile], of tenant: TenantID) async {
        // What cannot be removed now is in the list of the store and in no row, where whoever tidies up finds it.
        for file in staged { try? await blobs.remove(BlobKey(file.id, of: tenant)) }
    }

    /// A file whose bytes are stored and whose row is not.
    private struct StagedFile: Sendable {
        let path: String
        let id: StoredFile.ID
        let byteCount: Int
        let key: BlobKeyPair
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
