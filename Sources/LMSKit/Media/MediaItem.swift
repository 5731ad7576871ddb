// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A video or a recording of a lesson.
///
/// A job makes it playable; once it is, it stays so while it is made anew.
public struct MediaItem: Sendable, Identifiable, Equatable {
    /// The identifier.
    public typealias ID = Identifier<MediaItem>
    /// The medium's identifier.
    public let id: ID
    /// The lesson that shows it.
    public let lesson: Lesson.ID
    /// The lesson's course.
    public let course: Course.ID
    /// What it is made of; `nil` once that file is gone.
    public let file: StoredFile.ID?
    /// The title, 1–255 characters.
    public let title: String
    /// How much of it has to be watched, in percent; `nil` if watching it completes nothing.
    public let completionPercentage: Int?
    /// What became of making it.
    public let status: Status
    /// Why it could not be made.
    public let failure: Failure?
    /// How often it was to be made.
    public let generation: Int
    /// What was read from the file; `nil` until it can be played.
    public let facts: MediaFacts?
    /// Raised by each change; for conditional updates.
    public let version: Int
    /// When it was created, UTC.
    public let createdAt: Date
    /// When it last changed, UTC.
    public let updatedAt: Date
    /// When it could first be played, UTC.
    public let readyAt: Date?

    /// The most media that a lesson has.
    public static let limit = 20

    package init(
        id: ID,
        lesson: Lesson.ID,
        course: Course.ID,
        file: StoredFile.ID?,
        title: String,
        completionPercentage: Int?,
        status: Status,
        failure: Failure?,
        generation: Int,
        facts: MediaFacts?,
        version: Int,
        createdAt: Date,
        updatedAt: Date,
        readyAt: Date?
    ) {
        self.id = id
        self.lesson = lesson
        self.course = course
        self.file = file
        self.title = title
        self.completionPercentage = completionPercentage
        self.status = status
        self.failure = failure
        self.generation = generation
        self.facts = facts
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.readyAt = readyAt
    }
}

extension MediaItem {
    /// What became of making it.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// It waits.
        case pending
        /// It is made.
        case processing
        /// It was made.
        case ready
        /// It could not be made.
        case failed
    }

    /// Why it could not be made.
    @nonexhaustive
    public enum Failure: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// The file is, by its content, of no kind that is taken.
        case unsupported
        /// The file cannot be read to its end.
        case damaged
        /// It has neither pictures nor sound.
        case empty
        /// It plays longer than is taken.
        case tooLong = "too_long"
        /// It, or its picture, is larger than is taken.
        case tooLarge = "too_large"
        /// The file is gone.
        case sourceMissing = "source_missing"
        /// It took too long, twice.
        case timedOut = "timed_out"
        /// It ended before its time, more than once.
        case interrupted
        /// The tenant has no room for what is made of it.
        case room
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        try self.init(fields: &fields)
    }

    init(fields: inout RowFields) throws(DatabaseError) {
        id = try fields.next()
        lesson = try fields.next()
        course = try fields.next()
        file = try fields.next()
        title = try fields.next()
        completionPercentage = try fields.next()
        status = try fields.next()
        failure = try fields.next()
        generation = try fields.next()
        let duration: Int? = try fields.next()
        let width: Int? = try fields.next()
        let height: Int? = try fields.next()
        let video: String? = try fields.next()
        let audio: String? = try fields.next()
        let byteCount: Int? = try fields.next()
        facts = duration.map { duration in
            MediaFacts(
                durationMilliseconds: duration,
                width: width,
                height: height,
                videoCodec: video,
                audioCodec: audio,
                byteCount: byteCount ?? 0
            )
        }
        version = try fields.next()
        createdAt = try fields.next()
        updatedAt = try fields.next()
        readyAt = try fields.next()
    }
}

/// What a new medium is.
public struct NewMediaItem: Sendable {
    /// What it is made of: a file of the lesson's course.
    public var file: StoredFile.ID
    /// The title, 1–255 characters.
    public var title: String
    /// How much of it has to be watched, in percent; `nil` if watching it completes nothing.
    public var completionPercentage: Int?

    /// Describes a medium.
    ///
    /// - Parameters:
    ///   - file: What it is made of.
    ///   - title: The title.
    ///   - completionPercentage: How much of it has to be watched, 1–100.
    public init(file: StoredFile.ID, title: String, completionPercentage: Int? = 90) {
        self.file = file
        self.title = title
        self.completionPercentage = completionPercentage
    }
}

/// What an update does to a medium.
public struct MediaChanges: Sendable {
    /// The title, 1–255 characters.
    public var title: Change<String> = .keep
    /// How much of it has to be watched, in percent.
    public var completionPercentage: Change<Int?> = .keep

    /// Describes an update that changes nothing yet.
    public init() {}
}

/// A medium with what players get.
public struct MediaListing: Sendable, Equatable {
    /// The medium.
    public let item: MediaItem
    /// Renditions from small to large, thumbnail, captions; none until it was made once.
    public let files: [MediaFile]
    /// Whether the reader may change it.
    public let isForAuthors: Bool

    package init(item: MediaItem, files: [MediaFile], isForAuthors: Bool) {
        self.item = item
        self.files = files
        self.isForAuthors = isForAuthors
    }

    /// Whether it can be played.
    public var isPlayable: Bool { files.contains { $0.kind == .rendition } }
}
