// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

extension Media {
    /// Lists the media of a lesson: all of them for the course's authors, those that can be played for others.
    ///
    /// - Parameters:
    ///   - lesson: The lesson.
    ///   - reader: Who reads in which tenant.
    /// - Returns: At most 20, in the order in which they were made.
    /// - Throws: `MediaError.lessonNotFound`; `.enrollmentNeeded` or `.paymentNeeded` if the reader may not read the lesson;
    ///   `.notYetAvailable` if they will.
    public func list(of lesson: Lesson.ID, reader: TenantReader) async throws(MediaError) -> [MediaListing] {
        do {
            let replies = try await reader.read([
                .selectLessonWithAccess(lesson, for: reader.principal.user, at: clock.now()), .listMedia(of: lesson),
                .listMediaFiles(of: lesson),
            ])
            guard let access = replies[0].only else { throw MediaError.lessonNotFound }
            let isForAuthors = try Self.ofLesson { () throws(MediaError) in
                try Self.require(access, for: reader.principal)
            }
            var files: [MediaItem.ID: [MediaFile]] = [:]
            for row in replies[2] {
                // After what a file is of, its medium.
                let medium: MediaItem.ID = try row["media_id"]
                files[medium, default: []].append(try MediaFile(row: row))
            }
            let all = try replies[1].map { row in
                let item = try MediaItem(row: row)
                return MediaListing(item: item, files: files[item.id] ?? [], isForAuthors: isForAuthors)
            }
            return isForAuthors ? all : all.filter(\.isPlayable)
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Shows a medium to who may read its lesson.
    ///
    /// - Parameters:
    ///   - id: The medium.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The medium.
    /// - Throws: `MediaError.notFound`, also for what cannot be played yet, but for the course's authors; `.enrollmentNeeded` or
    ///   `.paymentNeeded` if the reader may not read the lesson.
    public func fetch(_ id: MediaItem.ID, reader: TenantReader) async throws(MediaError) -> MediaListing {
        do {
            let replies = try await reader.read([
                .selectMedia(id), .selectLessonWithAccess(ofMedia: id, for: reader.principal.user, at: clock.now()),
                .selectMediaFiles(of: id),
            ])
            guard let row = replies[0].only, let access = replies[1].only else { throw MediaError.notFound }
            let isForAuthors = try Self.require(access, for: reader.principal)
            let listing = MediaListing(
                item: try MediaItem(row: row),
                files: try replies[2].map(MediaFile.init(row:)),
                isForAuthors: isForAuthors
            )
            guard isForAuthors || listing.isPlayable else { throw MediaError.notFound }
            return listing
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Shows a file of a medium to who may read its lesson.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - id: The medium.
    ///   - reader: Who reads in which tenant.
    /// - Returns: The file, and what the medium is.
    /// - Throws: As `fetch`; `MediaError.notFound` for a file that is not in use.
    public func find(
        _ file: MediaFile.ID,
        of id: MediaItem.ID,
        reader: TenantReader
    ) async throws(MediaError) -> (file: MediaFile, facts: MediaFacts) {
        let listing = try await fetch(id, reader: reader)
        guard let found = listing.files.first(where: { $0.id == file }), let facts = listing.item.facts else {
            throw .notFound
        }
        return (found, facts)
    }

    /// Opens a file of a medium for reading any part of it.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - id: The medium.
    ///   - reader: Who reads in which tenant; whether they may is looked up each time.
    /// - Returns: The file, and what reads its bytes.
    /// - Throws: As `find`; `MediaError.store`; `.keys`.
    public func open(
        _ file: MediaFile.ID,
        of id: MediaItem.ID,
        reader: TenantReader
    ) async throws(MediaError) -> (file: MediaFile, content: any BlobReader) {
        do {
            let replies = try await reader.read([
                .selectLessonWithAccess(ofMedia: id, for: reader.principal.user, at: clock.now()),
                .selectMediaFile(file, of: id),
                .selectTenantKeys(),
            ])
            guard let access = replies[0].only, let row = replies[1].only else { throw MediaError.notFound }
            _ = try Self.require(access, for: reader.principal)
            guard let store = ports.store else { throw MediaError.notBuilt }
            let found = try MediaFile(row: row)
            let sealed: Bytes = try row["sealed_key"]
            guard let key = try await keys.newest(of: replies[2], reader.tenant) else { throw KeyError.unusable }
            let place = StoredFile.ID(file.uuid)
            let blobs = SealedBlobs(store: store, cryptography: keys.cryptography)
            let secret = try blobs.open(sealed.array, for: place, under: key)
            let content = try await blobs.open(BlobKey(place, of: reader.tenant), under: secret)
            guard content.byteCount == found.byteCount else { throw BlobError.damaged }
            return (found, content)
        } catch {
            throw MediaError(any: error)
        }
    }

    /// Says that there is no such lesson where no medium was asked for.
    static func ofLesson<Value>(_ body: () throws(MediaError) -> Value) throws(MediaError) -> Value {
        do throws(MediaError) {
            return try body()
        } catch {
            throw error == .notFound ? .lessonNotFound : error
        }
    }

    /// Refuses who may not read a lesson.
    ///
    /// - Returns: Whether they may change it.
    static func require(_ row: Row, for principal: Principal) throws(MediaError) -> Bool {
        let lesson: Lesson
        let facts: AccessFacts
        do throws(DatabaseError) {
            (lesson, facts) = try AccessFacts.withLesson(row)
        } catch {
            throw MediaError(error)
        }
        do throws(CourseError) {
            _ = try EntitlementPolicy.require(facts, lesson: lesson, for: principal)
        } catch {
            throw MediaError(error)
        }
        return principal.may(.courseUpdate, as: facts.role)
    }
}
