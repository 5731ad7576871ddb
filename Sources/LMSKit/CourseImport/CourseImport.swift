// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// A course that was brought in from outside, with the report on it.
public struct CourseImport: Sendable, Identifiable {
    /// Names an import.
    public typealias ID = Identifier<CourseImport>
    /// The import's identifier.
    public let id: ID
    /// The course that it made.
    public let course: Course.ID
    /// The report as JSON; see `CourseImportReport`.
    public let report: JSONText
    /// When it was made, UTC.
    public let createdAt: Date
    /// Whether the course had been made by an earlier import with the same key.
    public var isRepeated = false

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        course = try fields.next()
        report = try fields.next()
        createdAt = try fields.next()
    }
}

/// What tells one import from another: the same key never makes a second course.
public struct CourseImportKey: Sendable, Hashable, CustomStringConvertible {
    /// 1–200 characters.
    public let description: String

    /// Parses a key.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: String) {
        guard (1...200).contains(text.unicodeScalars.count), !text.utf8.contains(where: { $0 < 0x20 }) else {
            return nil
        }
        description = text
    }

    /// The key of files: the same for the same paths, sizes and documents.
    ///
    /// Documents are all files but those below `static/`, of which only the names and sizes count. This reads them: call
    /// it off the event loops.
    ///
    /// - Parameters:
    ///   - files: The course's files.
    ///   - cryptography: Makes the digest.
    /// - Throws: `CourseArchiveError.unreadable` if one cannot be read.
    public init(of files: any CourseFiles, cryptography: any Cryptography) throws(CourseArchiveError) {
        var digests: [UInt8] = []
        for (path, size) in files.sizes.sorted(by: { $0.key < $1.key }) {
            digests += cryptography.sha256(Array("\(path)\0\(size)".utf8))
            if !path.contains("static/") { digests += cryptography.sha256(try files.read(path)) }
        }
        description = "sha256-" + Base64URL.encode(cryptography.sha256(digests))
    }
}

extension CourseImportReport {
    /// The report as it is stored and sent.
    var json: JSONText {
        var writer = JSONWriter(capacity: 4096)
        writer.object { json in
            json.field("modules", modules)
            json.field("lessons", lessons)
            json.field(
                "blocks",
                object: { json in
                    for (kind, count) in blocks.sorted(by: { $0.key < $1.key }) { json.field(named: kind, count) }
                }
            )
            json.field("quizzes", quizzes)
            json.field("questions", questions)
            json.field("findingCount", findingCount)
            json.field("findings", findings)
        }
        return JSONText(writer.bytes)
    }
}

extension CourseImportReport.Finding: JSONWritable {
    /// Writes the finding as an object.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("kind", kind.rawValue)
            json.field("path", path.storable)
            json.field("detail", detail.storable)
        }
    }
}

extension String {
    /// Without NUL, which PostgreSQL does not store.
    var storable: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.filter { $0 != "\0" })) : self
    }
}
