// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// An import with some of its changes.
public struct GradeImportListing: Sendable {
    /// The import.
    public let `import`: GradeImport
    /// The changes and where the next page starts.
    public let page: Page<GradeImportChange>
}

extension Gradebook {
    /// Gives out a course's grades as a table.
    ///
    /// What a spreadsheet would take for a formula is made plain text. Scores are those that were given; overrides show in what
    /// they come to.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The table in UTF-8.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:read` on the course.
    public func giveOut(_ course: Course.ID, session: borrowing TenantSession) async throws(GradebookError) -> [UInt8] {
        try await GradebookError.translating {
            let replies = try await session.batch([.selectCourse(course)] + SQL.selectGradebook(of: "\(course)"))
            _ = try Gradebook.require(.gradeRead, on: replies.first, by: session.principal)
            let book = try CourseGradebook(course: course, replies.dropFirst())
            let now = clock.now()
            var bytes = Array(CSV.line(GradeTable.heading(of: book.items)).utf8)
            var after: Enrollment.ID?
            while true {
                let rows = try await session.execute(
                    .selectGradeGrid(of: "\(course)", after: after, limit: Gradebook.gridLimit)
                )
                for row in rows {
                    let learner = try LearnerGrades(row: row, in: book, .everything, at: now)
                    bytes += Array(CSV.line(GradeTable.line(learner, book.items)).utf8)
                    after = learner.enrollment
                }
                guard rows.count == Gradebook.gridLimit else { break }
            }
            try await audit.record(AuditEvent("grade.exported", on: course), session: session)
            return bytes
        }
    }

    /// Reads a table and keeps what it would change, without changing it.
    ///
    /// - Parameters:
    ///   - text: The table, as `giveOut(_:session:)` writes it; columns of items may be left out.
    ///   - course: The course.
    ///   - session: The tenant's open transaction.
    /// - Returns: The import with its first changes.
    /// - Throws: `GradebookError.courseNotFound`; `.forbidden` without `grade:manage` on the course, and for programs;
    ///   `.unreadableTable`; `.tooManyEntries`.
    public func preview(
        _ text: String,
        for course: Course.ID,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> GradeImportListing {
        let principal = session.principal
        return try await GradebookError.translating {
            let replies = try await session.batch([.selectCourse(course)] + SQL.selectGradebook(of: "\(course)"))
            _ = try Gradebook.require(.gradeManage, on: replies.first, by: principal)
            guard let user = principal.user else { throw GradebookError.forbidden }
            let book = try CourseGradebook(course: course, replies.dropFirst())
            let records = try GradeTable.split(text)
            let learners = Array(Set(GradeTable.learners(in: records)))
            let rows = try await session.execute(.selectStandings(of: learners, in: course))
            var reading = GradeTable.read(records, items: book.items, standings: try Gradebook.standings(rows))
            if let own = reading.changes.first(where: { $0.learner == user }) {
                reading.report(own.line, "userId", .ownGrade)
            }
            guard reading.changes.count <= GradeTable.changeLimit else {
                throw GradebookError.tooManyEntries(limit: GradeTable.changeLimit)
            }
            let id: GradeImport.ID = identifiers.next()
            let now = clock.now()
            try await session.batch([
                .deleteStaleGradeImports(of: course, before: now.addingTimeInterval(-Gradebook.importLifetime)),
                .insertGradeImport(id, of: course, by: user, reading.issues, at: now),
                .insertGradeImportChanges(of: id, reading),
            ])
            return try await listing(of: id, after: 0, limit: 100, session: session)
        }
    }

    /// How long an import is kept, in seconds; the history of the grades is kept for ever.
    static let importLifetime: Double = 7 * 86_400

    /// Shows an import, with a page of what it changes.
    ///
    /// - Parameters:
    ///   - id: The import.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most changes to return.
    ///   - session: The tenant's open transaction.
    /// - Returns: The import.
    /// - Throws: `GradebookError.importNotFound` unless it is their own and they may still manage the course's grades;
    ///   `.invalidPosition`.
    public func fetch(
        _ id: GradeImport.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(100),
        session: borrowing TenantSession
    ) async throws(GradebookError) -> GradeImportListing {
        var after = 0
        if let position {
            guard position.order == "import", let place = Int(position.key) else { throw .invalidPosition }
            after = place
        }
        return try await GradebookError.translating {
            try await authorize(id, session: session)
            return try await listing(of: id, after: after, limit: limit.count, session: session)
        }
    }

    /// Applies an import, exactly as it was shown, if none of its grades was changed since; all of it or nothing.
    ///
    /// Applying it again changes nothing.
    ///
    /// - Parameters:
    ///   - id: The import, which is locked with the places of its learners.
    ///   - session: The tenant's open transaction. It must be rolled back if this throws.
    /// - Returns: The import.
    /// - Throws: `GradebookError.importNotFound` unless it is their own and they may still manage the course's grades;
    ///   `.importHasMistakes`, also if it changes a grade of their own; `.forbidden` if it does and was shown before that
    ///   was a mistake; `.importOutdated`.
    public func apply(
        _ id: GradeImport.ID,
        session: borrowing TenantSession
    ) async throws(GradebookError) -> GradeImportListing {
        let principal = session.principal
        return try await GradebookError.translating {
            try await session.execute(.lockGradeImport(id))
            try await authorize(id, session: session)
            let shown = try await listing(of: id, after: 0, limit: 100, session: session)
            guard shown.import.appliedAt == nil else { return shown }
            guard shown.import.issues.isEmpty else { throw GradebookError.importHasMistakes }
            // What was shown is compared again once nobody else can change it.
            try await session.execute(.lockGradedPlaces(ofImport: id))
            let learners: [Principal.ID] = try await session.execute(.selectLearners(ofImport: id)).map { try $0[0] }
            try Gradebook.refuseOwn(learners, by: principal)
            let locked = try await listing(of: id, after: 0, limit: 1, session: session).import
            guard locked.outdatedCount == 0 else { throw GradebookError.importOutdated(locked.outdatedCount) }
            let now = clock.now()
            let rows = try await session.execute(
                .recordGrades(.gradeEntries(ofImport: id), from: .import, by: principal, at: now)
            )
            guard rows.count == locked.changeCount else {
                throw GradebookError.importOutdated(locked.changeCount - rows.count)
            }
            _ = try rows.map(RecordedGrade.init(row:))
            try await session.batch([
                .markGradeImportApplied(id, at: now),
                audit.recording(AuditEvent("grade_import.applied", on: id), by: principal),
            ])
            return try await listing(of: id, after: 0, limit: 100, session: session)
        }
    }

    /// Refuses whoever did not bring the import in, or may not manage the course's grades any more.
    private func authorize(_ id: GradeImport.ID, session: borrowing TenantSession) async throws {
        let replies = try await session.batch([.selectCourse(ofImport: id), .selectImporter(of: id)])
        guard let row = replies[0].only, let importer = replies[1].only else { throw GradebookError.importNotFound }
        let creator: Principal.ID = try importer[0]
        let principal = session.principal
        let role = try Course(row: row).role(of: principal)
        guard principal.user == creator, principal.may(.gradeManage, as: role) else {
            throw GradebookError.importNotFound
        }
    }

    private func listing(
        of id: GradeImport.ID,
        after: Int,
        limit: Int,
        session: borrowing TenantSession
    ) async throws -> GradeImportListing {
        let replies = try await session.batch([
            .selectGradeImport(id), .selectGradeImportChanges(of: id, after: after, limit: limit + 1),
        ])
        guard let row = replies[0].only else { throw GradebookError.importNotFound }
        let changes = try replies[1].map(GradeImportChange.init(row:))
        let page = Page(cutting: changes, limit: limit) {
            PagePosition(order: "import", key: String($0.position), id: id.uuid)
        }
        return GradeImportListing(import: try GradeImport(row: row), page: page)
    }

    private static func standings(_ rows: Rows) throws -> [Principal.ID: [GradeItem.ID: GradeTable.Standing]] {
        var standings: [Principal.ID: [GradeItem.ID: GradeTable.Standing]] = [:]
        for row in rows {
            var fields = RowFields(row)
            let learner: Principal.ID = try fields.next()
            let item: GradeItem.ID? = try fields.next()
            guard let item else {
                standings[learner] = [:]
                continue
            }
            standings[learner, default: [:]][item] = GradeTable.Standing(
                score: try fields.next(),
                status: try fields.next(),
                version: try fields.next()
            )
        }
        return standings
    }
}
