// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension SQL {
    /// What `MediaItem(row:)` reads, of a medium called `m`.
    static var mediaColumns: SQL {
        """
        m.id, m.lesson_id, m.course_id, m.file_id, m.title, m.completion_percentage, m.status, m.failure, m.generation,
        m.duration_ms, m.width, m.height, m.video_codec, m.audio_codec, m.byte_count, m.version, m.created_at, m.updated_at,
        m.ready_at
        """
    }

    /// What `MediaFile(row:)` reads, of a file called `f`.
    static var mediaFileColumns: SQL {
        """
        f.id, f.kind, f.width, f.height, f.codecs, f.head_length, f.segment_lengths, f.segment_times, f.language, f.label,
        f.byte_count
        """
    }

    static func lockLesson(_ id: Lesson.ID) -> SQL {
        "SELECT FROM lessons WHERE id = \(id) FOR NO KEY UPDATE"
    }

    static func lockMedia(_ id: MediaItem.ID) -> SQL {
        "SELECT FROM media WHERE id = \(id) FOR UPDATE"
    }

    static func countMedia(of lesson: Lesson.ID) -> SQL {
        "SELECT count(*) FROM media WHERE lesson_id = \(lesson)"
    }

    static func selectMedia(_ id: MediaItem.ID) -> SQL {
        "SELECT \(.mediaColumns) FROM media m WHERE m.id = \(id)"
    }

    static func listMedia(of lesson: Lesson.ID) -> SQL {
        "SELECT \(.mediaColumns) FROM media m WHERE m.lesson_id = \(lesson) ORDER BY m.id LIMIT \(MediaItem.limit)"
    }

    /// The files of a medium that are in use, from small to large.
    static func selectMediaFiles(of id: MediaItem.ID) -> SQL {
        """
        SELECT \(.mediaFileColumns) FROM media_files f WHERE f.media_id = \(id) AND f.retired_at IS NULL
        ORDER BY f.kind, f.height, f.language, f.id
        """
    }

    static func listMediaFiles(of lesson: Lesson.ID) -> SQL {
        """
        SELECT \(.mediaFileColumns), f.media_id FROM media m JOIN media_files f ON f.media_id = m.id
        WHERE m.lesson_id = \(lesson) AND f.retired_at IS NULL ORDER BY f.kind, f.height, f.language, f.id
        """
    }

    static func selectMediaFile(_ file: MediaFile.ID, of id: MediaItem.ID) -> SQL {
        """
        SELECT \(.mediaFileColumns), f.sealed_key FROM media_files f
        WHERE f.id = \(file) AND f.media_id = \(id) AND f.retired_at IS NULL
        """
    }

    /// Affects no row if the file is none of the lesson's course, or somebody's own.
    static func insertMedia(_ id: MediaItem.ID, _ new: NewMediaItem, in lesson: Lesson, at instant: Date) -> SQL {
        """
        INSERT INTO media (id, lesson_id, course_id, file_id, title, completion_percentage, created_at, updated_at)
        SELECT \(id), \(lesson.id), \(lesson.course), f.id, \(new.title), \(new.completionPercentage), \(instant), \(instant)
        FROM files f WHERE f.id = \(new.file) AND \(.belongs(to: lesson.course)) AND f.owner_id IS NULL
        """
    }

    static func updateMedia(
        _ id: MediaItem.ID,
        title: String,
        completionPercentage: Int?,
        at instant: Date
    ) -> SQL {
        """
        UPDATE media SET title = \(title), completion_percentage = \(completionPercentage), version = version + 1,
            updated_at = \(instant)
        WHERE id = \(id)
        """
    }

    /// Affects no row if the file is none of the course, or somebody's own.
    static func remakeMedia(
        _ id: MediaItem.ID,
        of file: StoredFile.ID,
        in course: Course.ID,
        at instant: Date
    ) -> SQL {
        """
        UPDATE media SET file_id = \(file), status = 'pending', failure = NULL, generation = generation + 1,
            version = version + 1, updated_at = \(instant)
        WHERE id = \(id)
            AND EXISTS (SELECT FROM files f WHERE f.id = \(file) AND \(.belongs(to: course)) AND f.owner_id IS NULL)
        """
    }

    static func deleteMedia(_ id: MediaItem.ID) -> SQL {
        "DELETE FROM media WHERE id = \(id)"
    }

    /// A medium that is to be made, with the file that it is made of.
    static func selectMediaWork(_ id: MediaItem.ID) -> SQL {
        """
        SELECT \(.mediaColumns), f.byte_count AS source_length, f.sealed_key AS source_key
        FROM media m LEFT JOIN files f ON f.id = m.file_id
        WHERE m.id = \(id) AND m.status IN ('pending', 'processing')
        """
    }

    static func beginMedia(_ id: MediaItem.ID, generation: Int, at instant: Date) -> SQL {
        """
        UPDATE media SET status = 'processing', version = version + 1, updated_at = \(instant)
        WHERE id = \(id) AND generation = \(generation) AND status = 'pending'
        """
    }

    /// Affects no row if it is to be made anew meanwhile, or was made.
    static func failMedia(
        _ id: MediaItem.ID,
        generation: Int,
        because failure: MediaItem.Failure,
        at instant: Date
    ) -> SQL {
        """
        UPDATE media SET status = 'failed', failure = \(failure), version = version + 1, updated_at = \(instant)
        WHERE id = \(id) AND generation = \(generation) AND status IN ('pending', 'processing')
        """
    }

    /// Affects no row if it is to be made anew meanwhile, or was made.
    static func finishMedia(_ id: MediaItem.ID, generation: Int, _ facts: MediaFacts, at instant: Date) -> SQL {
        """
        UPDATE media SET status = 'ready', duration_ms = \(facts.durationMilliseconds), width = \(facts.width),
            height = \(facts.height), video_codec = \(facts.videoCodec), audio_codec = \(facts.audioCodec),
            byte_count = \(facts.byteCount), ready_at = coalesce(ready_at, \(instant)), version = version + 1,
            updated_at = \(instant)
        WHERE id = \(id) AND generation = \(generation) AND status IN ('pending', 'processing')
        """
    }

    /// Affects no row if what is played was made of that file before.
    static func useSource(_ file: StoredFile.ID?, of medium: MediaItem.ID) -> SQL {
        "UPDATE media SET made_of = \(file) WHERE id = \(medium) AND made_of IS DISTINCT FROM \(file)"
    }

    /// What was watched is to be watched anew, except by those who are done.
    static func resetWatches(of medium: MediaItem.ID) -> SQL {
        """
        UPDATE media_watches SET position = 0, watched = '{}' WHERE media_id = \(medium) AND completed_at IS NULL
        """
    }

    static func forgetPlayers(of medium: MediaItem.ID) -> SQL {
        "DELETE FROM media_players WHERE media_id = \(medium)"
    }

    /// A row for bytes that are on their way; it is to be removed unless it is taken into use.
    ///
    /// Its bytes count from here on, so that more than the tenant has room for is never stored.
    static func insertMediaFile(
        _ file: MediaFile,
        of medium: MediaItem.ID,
        key: BlobKeyPair,
        at instant: Date
    ) -> SQL {
        let columns = MediaFileColumns(file.content)
        return """
            INSERT INTO media_files (id, media_id, kind, width, height, codecs, head_length, segment_lengths, segment_times,
                                     language, label, byte_count, tenant_key_id, sealed_key, created_at, retired_at)
            SELECT \(file.id), m.id, \(columns.kind), \(columns.width), \(columns.height), \(columns.codecs), \(columns.head),
                   \(columns.lengths), \(columns.times), \(columns.language), \(columns.label), \(file.byteCount),
                   \(key.tenantKey), \(Bytes(key.sealed)), \(instant), \(instant)
            FROM media m WHERE m.id = \(medium)
            """
    }

    /// Takes files into use whose bytes are stored.
    static func useMediaFiles(_ files: [MediaFile], of medium: MediaItem.ID) -> SQL {
        """
        UPDATE media_files SET retired_at = NULL WHERE id = ANY(\(files.map(\.id))) AND media_id = \(medium)
        """
    }

    /// Takes out of use what was made of a medium.
    static func retireMediaFiles(of medium: MediaItem.ID, kinds: [MediaFile.Kind], at instant: Date) -> SQL {
        """
        UPDATE media_files SET retired_at = \(instant)
        WHERE media_id = \(medium) AND kind = ANY(\(kinds)) AND retired_at IS NULL
        """
    }

    /// In how many other languages a medium has captions.
    static func countCaptions(of medium: MediaItem.ID, besides language: String) -> SQL {
        """
        SELECT count(*) FROM media_files
        WHERE media_id = \(medium) AND kind = 'captions' AND language <> \(language) AND retired_at IS NULL
        """
    }

    static func retireCaptions(of medium: MediaItem.ID, in language: String, at instant: Date) -> SQL {
        """
        UPDATE media_files SET retired_at = \(instant)
        WHERE media_id = \(medium) AND kind = 'captions' AND language = \(language) AND retired_at IS NULL
        """
    }

    static func retireCaptions(_ file: MediaFile.ID, of medium: MediaItem.ID, at instant: Date) -> SQL {
        """
        UPDATE media_files SET retired_at = \(instant)
        WHERE id = \(file) AND media_id = \(medium) AND kind = 'captions' AND retired_at IS NULL
        """
    }

    static func touchMedia(_ id: MediaItem.ID, at instant: Date) -> SQL {
        "UPDATE media SET version = version + 1, updated_at = \(instant) WHERE id = \(id)"
    }

    /// Files that nobody needs any more.
    static func selectRetiredMediaFiles(before instant: Date, limit: Int) -> SQL {
        """
        SELECT id FROM media_files
        WHERE (retired_at IS NOT NULL OR media_id IS NULL) AND (media_id IS NULL OR retired_at < \(instant))
        LIMIT \(limit)
        """
    }

    static func deleteMediaFiles(_ ids: [MediaFile.ID]) -> SQL {
        "DELETE FROM media_files WHERE id = ANY(\(ids)) AND (media_id IS NULL OR retired_at IS NOT NULL)"
    }

    /// The lesson of a medium, then what decides whether `user` may read it.
    static func selectLessonWithAccess(ofMedia id: MediaItem.ID, for user: Principal.ID?, at instant: Date) -> SQL {
        selectLessonWithAccess(where: "l.id = (SELECT lesson_id FROM media WHERE id = \(id))", for: user, at: instant)
    }
}

/// A content as its row has it.
private struct MediaFileColumns {
    let kind: MediaFile.Kind
    var width: Int?
    var height: Int?
    var codecs: String?
    var head: Int?
    var lengths: [Int]?
    var times: [Int]?
    var language: String?
    var label: String?

    init(_ content: MediaFile.Content) {
        switch content {
        case .rendition(let rendition, let codecs, let index):
            kind = .rendition
            (width, height) = (rendition.size?.width, rendition.size?.height)
            (self.codecs, head) = (codecs, index.head)
            (lengths, times) = (index.segments.map(\.byteCount), index.segments.map(\.milliseconds))
        case .thumbnail(let width, let height):
            kind = .thumbnail
            (self.width, self.height) = (width, height)
        case .captions(let language, let label):
            kind = .captions
            (self.language, self.label) = (language, label)
        }
    }
}
