// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// Makes video and audio of lessons playable, and shows it to those who may read the lesson.
///
/// Bytes are never moved in a transaction: the row of what is made is there before its bytes, to be removed unless it is taken
/// into use afterwards.
public struct Media: Sendable {
    let ports: MediaPorts
    let keys: TenantKeys
    let clock: WallClock
    let identifiers: IdentifierSource
    let audit: Audit

    /// Makes the service.
    ///
    /// - Parameters:
    ///   - ports: What keeps and makes files.
    ///   - tenantKeys: Seal the keys of files.
    ///   - clock: Dates what happens.
    ///   - identifiers: Names what is made.
    ///   - audit: Records what authors do.
    public init(
        ports: MediaPorts,
        tenantKeys: TenantKeys,
        clock: WallClock = .system,
        identifiers: IdentifierSource = IdentifierSource(),
        audit: Audit = Audit()
    ) {
        self.ports = ports
        keys = tenantKeys
        self.clock = clock
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Whether media are made here.
    public var isOffered: Bool { ports.store != nil && ports.workshop != nil }

    /// Has a medium made of a file of a course for one of its lessons.
    ///
    /// - Parameters:
    ///   - new: What it is.
    ///   - lesson: The lesson, whose row is locked.
    ///   - session: The tenant's open transaction; the job begins after its commit.
    /// - Returns: The medium, which is `pending`.
    /// - Throws: `MediaError.notBuilt`; `.lessonNotFound`; `.forbidden` without `course:update` on the course; `.fileNotFound` for a file
    ///   that is not of the course; `.alreadyMade`; `.tooMany`; `.invalid`.
    public func create(
        _ new: NewMediaItem,
        in lesson: Lesson.ID,
        session: borrowing TenantSession
    ) async throws(MediaError) -> MediaListing {
        guard isOffered else { throw .notBuilt }
        let principal = session.principal
        do {
            let replies = try await session.batch([
                .lockLesson(lesson), .selectLessonWithAccess(lesson, for: principal.user, at: clock.now()),
                .countMedia(of: lesson),
            ])
            guard let (found, facts) = try replies[1].only.map(AccessFacts.withLesson) else {
                throw MediaError.lessonNotFound
            }
            try Self.ofLesson { () throws(MediaError) in try Self.requireAuthor(facts, found, principal) }
            let count: Int = try replies[2].only?[0] ?? 0
            guard count < MediaItem.limit else { throw MediaError.tooMany(limit: MediaItem.limit) }
            let id: MediaItem.ID = identifiers.next()
            let now = clock.now()
            guard try await session.execute(.insertMedia(id, new, in: found, at: now)).affected == 1 else {
                throw MediaError.fileNotFound
            }
            return try await change(
                id,
                [
                    .enqueueJob(.media, id.uuid, at: now),
                    audit.recording(AuditEvent("media.created", on: id), by: principal),
                ],
                session: session
            )
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Changes what a medium is called, or what it asks for.
    ///
    /// - Parameters:
    ///   - id: The medium, whose row is locked.
    ///   - changes: What changes.
    ///   - version: The version that the caller read, or `nil` to overwrite whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Returns: The medium.
    /// - Throws: `MediaError.notFound`; `.forbidden`; `.versionMismatch`; `.invalid`.
    public func update(
        _ id: MediaItem.ID,
        _ changes: MediaChanges,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(MediaError) -> MediaListing {
        do {
            let item = try await lock(id, expecting: version, session: session)
            let title = changes.title.applied(to: item.title)
            let percentage = changes.completionPercentage.applied(to: item.completionPercentage)
            guard title != item.title || percentage != item.completionPercentage else {
                return try await change(id, [], session: session)
            }
            return try await change(
                id,
                [
                    .updateMedia(id, title: title, completionPercentage: percentage, at: clock.now()),
                    audit.recording(AuditEvent("media.changed", on: id), by: session.principal),
                ],
                session: session
            )
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Has a medium made again, or of another file; until that is done what was made before is played.
    ///
    /// - Parameters:
    ///   - id: The medium, whose row is locked.
    ///   - file: The other file, of the same course; `nil` for the one it has.
    ///   - session: The tenant's open transaction.
    /// - Returns: The medium, which is `pending`.
    /// - Throws: `MediaError.notBuilt`; `.notFound`; `.forbidden`; `.fileNotFound`, also if it has none any more; `.alreadyMade`.
    public func remake(
        _ id: MediaItem.ID,
        of file: StoredFile.ID? = nil,
        session: borrowing TenantSession
    ) async throws(MediaError) -> MediaListing {
        guard isOffered else { throw .notBuilt }
        do {
            let item = try await lock(id, session: session)
            guard let source = file ?? item.file else { throw MediaError.fileNotFound }
            let now = clock.now()
            guard try await session.execute(.remakeMedia(id, of: source, in: item.course, at: now)).affected == 1 else {
                throw MediaError.fileNotFound
            }
            return try await change(
                id,
                [
                    .enqueueJob(.media, id.uuid, at: now),
                    audit.recording(AuditEvent("media.remade", on: id), by: session.principal),
                ],
                session: session
            )
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Deletes a medium with what was watched of it; its files are removed by `sweep`.
    ///
    /// - Parameters:
    ///   - id: The medium, whose row is locked.
    ///   - version: The version that the caller read, or `nil` to delete whatever is there.
    ///   - session: The tenant's open transaction.
    /// - Throws: `MediaError.notFound`; `.forbidden`; `.versionMismatch`.
    public func delete(
        _ id: MediaItem.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws(MediaError) {
        do {
            _ = try await lock(id, expecting: version, session: session)
            try await session.batch([
                .deleteMedia(id), audit.recording(AuditEvent("media.deleted", on: id), by: session.principal),
            ])
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Locks a medium for who may change it.
    func lock(
        _ id: MediaItem.ID,
        expecting version: Int? = nil,
        session: borrowing TenantSession
    ) async throws -> MediaItem {
        let replies = try await session.batch([
            .lockMedia(id), .selectMedia(id),
            .selectLessonWithAccess(ofMedia: id, for: session.principal.user, at: clock.now()),
        ])
        guard let row = replies[1].only, let access = replies[2].only else { throw MediaError.notFound }
        let (lesson, facts) = try AccessFacts.withLesson(access)
        try Self.requireAuthor(facts, lesson, session.principal)
        let item = try MediaItem(row: row)
        if let version, version != item.version { throw MediaError.versionMismatch(current: item.version) }
        return item
    }

    /// Changes a medium and reads what it is then.
    func change(
        _ id: MediaItem.ID,
        _ statements: [SQL],
        session: borrowing TenantSession
    ) async throws -> MediaListing {
        let replies = try await session.batch(statements + [.selectMedia(id), .selectMediaFiles(of: id)])
        guard let row = replies[replies.count - 2].only else { throw MediaError.notFound }
        return MediaListing(
            item: try MediaItem(row: row),
            files: try replies[replies.count - 1].map(MediaFile.init(row:)),
            isForAuthors: true
        )
    }

    /// Refuses who may not change the lesson's course: as not found where they may not know of the lesson.
    static func requireAuthor(_ facts: AccessFacts, _ lesson: Lesson, _ principal: Principal) throws(MediaError) {
        if principal.may(.courseUpdate, as: facts.role) { return }
        throw isKnown(facts, lesson, principal) ? .forbidden : .notFound
    }

    private static func isKnown(_ facts: AccessFacts, _ lesson: Lesson, _ principal: Principal) -> Bool {
        do throws(CourseError) {
            _ = try EntitlementPolicy.require(facts, lesson: lesson, for: principal)
            return true
        } catch {
            switch error {
            case .enrollmentNeeded, .paymentNeeded, .notYetAvailable: return true
            default: return false
            }
        }
    }
}
