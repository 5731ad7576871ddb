// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A file that somebody sends in pieces, and goes on with where they were interrupted.
public struct FileUpload: Sendable, Identifiable, Equatable {
    /// The identifier.
    public typealias ID = Identifier<FileUpload>
    /// The identifier.
    public let id: ID
    /// The course that the file is for.
    public let course: Course.ID
    /// What the file is for.
    public let use: Use
    /// The name that readers will see.
    public let name: String
    /// How long the file is to be, in bytes.
    public let byteCount: Int
    /// How much of it was received and is kept, in bytes.
    public let receivedCount: Int
    /// How far it is.
    public let status: Status
    /// Why the file was refused, once it was.
    public let refusal: Refusal?
    /// The file that it becomes; there is none until the status is `stored`.
    public let file: StoredFile.ID
    /// When it is forgotten unless something is appended.
    public let expiresAt: Date
    /// Where the store takes its bytes as they are, while they are sent there and not to us.
    let staged: StoredFile.ID?
    /// Its SHA-256, if it was announced.
    let sha256: [UInt8]?

    /// How far an upload is.
    @nonexhaustive
    public enum Status: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// More of it may be appended.
        case open
        /// All was received, and is looked at.
        case checking
        /// There is a file.
        case stored
        /// There is none, and there will be none.
        case refused
    }

    /// How the bytes of a file come.
    @nonexhaustive
    public enum Way: String, Sendable, Hashable, CaseIterable {
        /// To us, piece by piece; they are never anywhere in the clear.
        case pieces
        /// To the store itself, in one request.
        case storage
    }

    /// What files are uploaded for; each has types of its own and a limit.
    @nonexhaustive
    public enum Use: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Something to look at or to take home, for those who may read the course.
        case courseAsset = "course_asset"
        /// What is said in a video, as WebVTT.
        case caption
        /// What a learner hands in; for them and those who teach the course.
        case submission
    }

    /// Why a file was refused after all of it had been received.
    @nonexhaustive
    public enum Refusal: String, Sendable, Hashable, CaseIterable, DatabaseConvertible {
        /// Its SHA-256 is not the one that was announced.
        case checksum
        /// Its content is of a type that is not taken for this use.
        case type
        /// Its content is not what the ending of its name says.
        case mismatch
        /// It is two kinds of file at the same time, or goes on after its end.
        case polyglot
        /// It is an archive that would become too large, has too many entries, or cannot be read.
        case archive
        /// It is an archive with names that lead out of it.
        case paths
        /// It is a drawing that runs something or loads something.
        case active
        /// There is malware in it.
        case malware
        /// It is longer, or more deeply nested, than what is looked through for malware.
        case unscannable
        /// It is a picture that cannot be read, or one that would be too large once it is.
        case unreadable
        /// The tenant has no room for it any more.
        case room
        /// Its bytes were lost or damaged in the store: it has to be sent again.
        case damaged
    }
}

/// What somebody wants to upload.
public struct NewUpload: Sendable, Equatable {
    /// The course that the file is for.
    public let course: Course.ID
    /// What the file is for.
    public let use: FileUpload.Use
    /// The name that readers will see.
    public let name: FileName
    /// How long it is, in bytes.
    public let byteCount: Int
    /// Its SHA-256, if it was announced.
    public let sha256: [UInt8]?
    /// How its bytes come.
    public let way: FileUpload.Way

    /// Describes a file.
    ///
    /// - Parameters:
    ///   - name: The name that readers will see.
    ///   - byteCount: How long it is, in bytes.
    ///   - use: What it is for.
    ///   - course: The course that it is for.
    ///   - sha256: Its SHA-256, if it was announced: 32 bytes.
    ///   - way: How its bytes come.
    public init(
        _ name: FileName,
        byteCount: Int,
        for use: FileUpload.Use,
        in course: Course.ID,
        sha256: [UInt8]? = nil,
        by way: FileUpload.Way = .pieces
    ) {
        self.name = name
        self.byteCount = byteCount
        self.use = use
        self.course = course
        self.sha256 = sha256
        self.way = way
    }
}

/// A name under which a file may be saved anywhere: no path, nothing that is not seen, and no other writing direction.
public struct FileName: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// The longest name, in characters of Unicode.
    public static let limit = 255

    /// A name to describe others by.
    package static let example = FileName(known: "lecture.mp4")

    private init(known: StaticString) {
        description = known.description
    }

    /// Reads a name.
    ///
    /// - Parameter text: 1–255 characters; `nil` for a path, control and format characters (which hide the real ending), `.` and `..`, spaces
    ///   or a dot at an end, and what Windows or a shell reads otherwise.
    public init?(_ text: String) {
        let scalars = text.unicodeScalars
        guard (1...Self.limit).contains(scalars.count), text.utf8.count <= 1_000 else { return nil }
        for scalar in scalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                return nil
            default: if "/\\:*?\"<>|".unicodeScalars.contains(scalar) { return nil }
            }
        }
        guard let first = scalars.first, let last = scalars.last, first != "~", first != "-",
            !first.properties.isWhitespace, !last.properties.isWhitespace, first != ".", last != "."
        else { return nil }
        description = text
    }

    /// What comes after the last dot, in lower case; empty without one.
    public var ending: String {
        guard let dot = description.lastIndex(of: ".") else { return "" }
        return description[description.index(after: dot)...].lowercased()
    }
}
