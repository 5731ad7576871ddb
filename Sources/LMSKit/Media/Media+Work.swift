// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Media {
    /// What became of an attempt to make a medium.
    @nonexhaustive
    public enum Outcome: Sendable, Equatable {
        /// Nothing is left to do: it was made, it cannot be, or it is gone.
        case finished
        /// It is to be tried again; the reason is a code.
        case tryLater(reason: String)
    }

    /// How long what was replaced is kept for those who play it: a day, in seconds.
    static let grace: TimeInterval = 86_400
    /// How many files `sweep` removes at a time.
    static let sweptAtATime = 50
    static let principal = Principal(.system("media"), grants: Grants())

    /// Makes a medium of its file; the work of a job.
    ///
    /// What it makes is taken into use in one transaction, and what was there before is taken out of it. Doing it again after that does
    /// nothing; a process that ends in between leaves rows and bytes that `sweep` removes.
    ///
    /// - Parameters:
    ///   - id: The medium.
    ///   - tenant: Its tenant.
    ///   - attempt: Which attempt this is, from 1: what may have been chance is tried twice.
    ///   - tenants: Opens transactions.
    ///   - report: Is told how much is done, in percent, and what is being done.
    /// - Returns: What became of it.
    /// - Throws: `CancellationError` and what `report` threw; `MediaError.database`; `.keys`.
    public func make(
        _ id: MediaItem.ID,
        of tenant: TenantID,
        attempt: Int,
        tenants: Tenants,
        report: @Sendable (Int, String) async throws -> Void
    ) async throws -> Outcome {
        guard let store = ports.store, let workshop = ports.workshop else { return .tryLater(reason: "not built") }
        let replies = try await tenants.read(
            [.selectMediaWork(id), .selectTenantKeys()],
            for: tenant,
            as: Self.principal
        )
        guard let row = replies[0].only else { return .finished }
        let work = Work(medium: try MediaItem(row: row), tenant: tenant, tenants: tenants, store: store)
        do {
            guard attempt <= 2 else { throw Refusal(failure: .interrupted) }
            try await write([.beginMedia(id, generation: work.medium.generation, at: clock.now())], work)
            let source = try await source(of: work, row, keys: replies[1])
            let bench = try await workshop.bench(for: source.pieces, as: source.container)
            do {
                try await make(work, on: bench, byteCount: source.byteCount, report: report)
            } catch {
                await bench.close()
                throw error
            }
            await bench.close()
            return .finished
        } catch let refusal as Refusal {
            try await fail(work, refusal.failure)
            return .finished
        } catch DatabaseError.constraint(.check, name: "file_storage_room_ck") {
            try await fail(work, .room)
            return .finished
        } catch let error as MediaWorkError {
            return try await settle(work, error, attempt: attempt)
        } catch let error as BlobError {
            return try await settle(work, .source(error), attempt: attempt)
        }
    }

    /// What is made, and where.
    private struct Work {
        let medium: MediaItem
        let tenant: TenantID
        let tenants: Tenants
        let store: any BlobStore
    }

    /// Why a medium is not made, whatever is tried.
    private struct Refusal: Error {
        let failure: MediaItem.Failure
    }

    private func settle(_ work: Work, _ error: MediaWorkError, attempt: Int) async throws -> Outcome {
        switch error {
        case .source(.missing): try await fail(work, .sourceMissing)
        case .damaged, .source(.damaged): try await fail(work, .damaged)
        case .timedOut, .killed:
            guard attempt > 1 else { return .tryLater(reason: error == .timedOut ? "timed out" : "killed") }
            try await fail(work, error == .timedOut ? .timedOut : .tooLarge)
        case .source: return try await later(work, "store unavailable", attempt)
        case .unavailable(let reason): return try await later(work, reason, attempt)
        }
        return .finished
    }

    /// Tries again, or gives up for good where there was a second attempt.
    private func later(_ work: Work, _ reason: String, _ attempt: Int) async throws -> Outcome {
        guard attempt > 1 else { return .tryLater(reason: reason) }
        try await fail(work, .interrupted)
        return .finished
    }

    private func fail(_ work: Work, _ failure: MediaItem.Failure) async throws {
        let medium = work.medium
        try await write([.failMedia(medium.id, generation: medium.generation, because: failure, at: clock.now())], work)
    }

    @discardableResult
    private func write(_ statements: [SQL], _ work: Work) async throws -> [Rows] {
        try await work.tenants.write(statements, for: work.tenant, as: Self.principal)
    }

    /// The file that a medium is made of.
    private func source(
        of work: Work,
        _ row: Row,
        keys rows: Rows
    ) async throws -> (pieces: BlobPieces, container: MediaContainer, byteCount: Int) {
        let byteCount: Int? = try row["source_length"]
        let sealed: Bytes? = try row["source_key"]
        guard let file = work.medium.file, let byteCount else { throw Refusal(failure: .sourceMissing) }
        guard byteCount <= MediaFacts.heaviest else { throw Refusal(failure: .tooLarge) }
        let place = BlobKey(file, of: work.tenant)
        let reader: any BlobReader
        if let sealed {
            guard let key = try await keys.newest(of: rows, work.tenant) else { throw KeyError.unusable }
            let blobs = SealedBlobs(store: work.store, cryptography: keys.cryptography)
            reader = try await blobs.open(place, under: blobs.open(sealed.array, for: file, under: key))
        } else {
            reader = try await work.store.open(place)
        }
        guard reader.byteCount == byteCount else { throw BlobError.damaged }
        let head = try await reader.bytes(0..<min(byteCount, MediaContainer.headLength))
        guard let container = MediaContainer(head: head) else { throw Refusal(failure: .unsupported) }
        return (BlobPieces(of: reader), container, byteCount)
    }

    private func make(
        _ work: Work,
        on bench: any MediaBench,
        byteCount: Int,
        report: @Sendable (Int, String) async throws -> Void
    ) async throws {
        try await report(5, "probing")
        let probed = try await bench.probe()
        var facts = MediaFacts(
            durationMilliseconds: probed.durationMilliseconds,
            width: probed.width,
            height: probed.height,
            videoCodec: probed.videoCodec,
            audioCodec: probed.audioCodec,
            byteCount: byteCount
        )
        if let failure = facts.refusal { throw Refusal(failure: failure) }
        let key = try await work.tenants.transaction(for: work.tenant, as: Self.principal) { session in
            try await keys.current(session: session)
        }
        var made: [MediaFile] = []
        let ladder = MediaRendition.ladder(for: facts)
        for (step, rendition) in ladder.enumerated() {
            let start = 10 + 80 * step / ladder.count
            let rendered = try await bench.render(rendition, of: facts) { percent in
                try await report(start + 80 / ladder.count * percent / 100, "transcoding")
            }
            guard let playing = facts.playing(rendered.index) else { throw Refusal(failure: .damaged) }
            facts = playing
            let content = MediaFile.Content.rendition(rendition, codecs: rendered.codecs, index: rendered.index)
            let file = MediaFile(id: identifiers.next(), content: content, byteCount: rendered.index.byteCount)
            guard try await keep(rendered.source, as: file, of: work, under: key) else { return }
            made.append(file)
        }
        if let size = MediaRendition.thumbnail(for: facts) {
            try await report(92, "taking pictures")
            let picture = try await bench.picture(of: facts, size: size)
            // How long it is has to be known before it is stored.
            var bytes: [UInt8] = []
            while let piece = try await picture.next() { bytes += piece }
            let content = MediaFile.Content.thumbnail(width: size.width, height: size.height)
            let file = MediaFile(id: identifiers.next(), content: content, byteCount: bytes.count)
            guard try await keep(BlobBytes(bytes), as: file, of: work, under: key) else { return }
            made.append(file)
        }
        try await use(made, facts, work)
        try await report(100, "done")
    }

    /// Stores what was made, for nobody to see yet; `false` if the medium is gone.
    private func keep(
        _ source: any BlobSource,
        as file: MediaFile,
        of work: Work,
        under tenantKey: TenantKey
    ) async throws -> Bool {
        let place = StoredFile.ID(file.id.uuid)
        let blobs = SealedBlobs(store: work.store, cryptography: keys.cryptography)
        let pair = try blobs.makeKey(for: place, under: tenantKey)
        let statement = SQL.insertMediaFile(file, of: work.medium.id, key: pair, at: clock.now())
        guard try await write([statement], work)[0].affected == 1 else { return false }
        let count = try await blobs.put(source, as: BlobKey(place, of: work.tenant), under: pair.secret)
        guard count == file.byteCount else { throw MediaWorkError.damaged }
        return true
    }

    /// Takes what was made into use, unless the medium is to be made anew meanwhile.
    private func use(_ files: [MediaFile], _ facts: MediaFacts, _ work: Work) async throws {
        let medium = work.medium
        let now = clock.now()
        try await work.tenants.transaction(for: work.tenant, as: Self.principal) { session in
            let finish = SQL.finishMedia(medium.id, generation: medium.generation, facts, at: now)
            guard try await session.execute(finish).affected == 1 else { return }
            let replies = try await session.batch([
                .retireMediaFiles(of: medium.id, kinds: [.rendition, .thumbnail], at: now),
                .useMediaFiles(files, of: medium.id), .recordEvent(event(of: medium, at: now), by: session.principal),
            ])
            guard replies[1].affected == files.count else { throw MediaError.notFound }
            // Of another file: what was watched of the one before says nothing of it.
            let isAnother = try await session.execute(.useSource(medium.file, of: medium.id)).affected == 1
            if isAnother { try await session.batch([.resetWatches(of: medium.id), .forgetPlayers(of: medium.id)]) }
        }
    }

    private func event(of medium: MediaItem, at now: Date) -> Event {
        var payload = [JSONMember("contentId", medium.id), JSONMember("courseId", medium.course)]
        if medium.readyAt == nil {
            payload.append(JSONMember("contentType", text: "media"))
            return Event(identifiers.next(), .contentPublished, of: medium.id, payload: payload, at: now)
        }
        payload.append(JSONMember("contentVersion", medium.generation))
        return Event(identifiers.next(), .contentVersionAdded, of: medium.id, payload: payload, at: now)
    }

    /// Removes files that nobody needs any more: of deleted media at once, of replaced ones a day later.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - tenants: Opens transactions.
    /// - Returns: Whether more are to be removed.
    /// - Throws: `MediaError.store`; `.database`.
    public func sweep(_ tenant: TenantID, tenants: Tenants) async throws(MediaError) -> Bool {
        guard let store = ports.store else { return false }
        do {
            let due = clock.now().addingTimeInterval(-Self.grace)
            let rows = try await tenants.read(
                [.selectRetiredMediaFiles(before: due, limit: Self.sweptAtATime)],
                for: tenant,
                as: Self.principal
            )[0]
            let ids: [MediaFile.ID] = try rows.map { row in try row[0] }
            guard !ids.isEmpty else { return false }
            for id in ids { try await store.remove(BlobKey(StoredFile.ID(id.uuid), of: tenant)) }
            _ = try await tenants.write([.deleteMediaFiles(ids)], for: tenant, as: Self.principal)
            return ids.count == Self.sweptAtATime
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Gives a medium captions in a language, in place of those that it has in that language.
    ///
    /// - Parameters:
    ///   - captions: The captions.
    ///   - id: The medium.
    ///   - tenant: Its tenant.
    ///   - principal: Who acts.
    ///   - tenants: Opens transactions: one before the bytes are stored, one after.
    /// - Returns: The medium.
    /// - Throws: `MediaError.notFound`; `.forbidden`; `.notReady` before it was made once; `.tooMany` languages; `.noRoom`; `.invalid`;
    ///   `.store`; `.keys`.
    public func setCaptions(
        _ captions: MediaCaptions,
        of id: MediaItem.ID,
        at tenant: TenantID,
        as principal: Principal,
        tenants: Tenants
    ) async throws(MediaError) -> MediaListing {
        guard let store = ports.store else { throw .notBuilt }
        do {
            let (medium, key) = try await tenants.transaction(for: tenant, as: principal) { session in
                let medium = try await lock(id, for: captions, session: session)
                return (medium, try await keys.current(session: session))
            }
            guard medium.facts != nil else { throw MediaError.notReady }
            let work = Work(medium: medium, tenant: tenant, tenants: tenants, store: store)
            let content = MediaFile.Content.captions(language: captions.language, label: captions.label)
            let bytes = captions.bytes
            let file = MediaFile(id: identifiers.next(), content: content, byteCount: bytes.count)
            guard try await keep(BlobBytes(bytes), as: file, of: work, under: key) else { throw MediaError.notFound }
            return try await tenants.transaction(for: tenant, as: principal) { session in
                // Others may have taken the last languages meanwhile.
                _ = try await lock(id, for: captions, session: session)
                let now = clock.now()
                return try await change(
                    id,
                    [
                        .retireCaptions(of: id, in: captions.language, at: now), .useMediaFiles([file], of: id),
                        .touchMedia(id, at: now), audit.recording(AuditEvent("media.captioned", on: id), by: principal),
                    ],
                    session: session
                )
            }
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Locks a medium that may be given captions in their language.
    private func lock(
        _ id: MediaItem.ID,
        for captions: MediaCaptions,
        session: borrowing TenantSession
    ) async throws -> MediaItem {
        let medium = try await lock(id, session: session)
        let others: Int = try await session.execute(.countCaptions(of: id, besides: captions.language)).only?[0] ?? 0
        guard others < MediaCaptions.languageLimit else { throw MediaError.tooMany(limit: MediaCaptions.languageLimit) }
        return medium
    }

    /// Takes captions away.
    ///
    /// - Parameters:
    ///   - file: The captions.
    ///   - id: The medium, whose row is locked.
    ///   - session: The tenant's open transaction.
    /// - Throws: `MediaError.notFound`, also for a file that is none; `.forbidden`.
    public func removeCaptions(
        _ file: MediaFile.ID,
        of id: MediaItem.ID,
        session: borrowing TenantSession
    ) async throws(MediaError) {
        do {
            _ = try await lock(id, session: session)
            let now = clock.now()
            guard try await session.execute(.retireCaptions(file, of: id, at: now)).affected == 1 else {
                throw MediaError.notFound
            }
            try await session.batch([
                .touchMedia(id, at: now),
                audit.recording(AuditEvent("media.uncaptioned", on: id), by: session.principal),
            ])
        } catch {
            throw MediaError(any: error)
        }
    }
}
