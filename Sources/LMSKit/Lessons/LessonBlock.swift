// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// A file that was stored; the blob store knows its bytes.
public enum StoredFile: Sendable {
    /// The identifier.
    public typealias ID = Identifier<StoredFile>
}

/// One piece of a lesson's content.
@nonexhaustive
public enum LessonBlock: Sendable, Hashable {
    /// Text with markup; sanitized before it is stored.
    case html(String)
    /// A video by its address, or by its identifier at a provider such as `youtube`.
    case video(source: String, provider: String?, durationSeconds: Int?)
    /// A file to read or download, with the name that readers see.
    case file(StoredFile.ID, name: String?)
    /// An exercise with its source, in the source's own format.
    case problem(kind: String, source: String)
    /// Something imported that no other kind of block can hold, kept as it was.
    case opaque(kind: String, source: String)

    /// The most characters a block's text may have.
    public static let bodyLimit = 1_000_000

    /// What kind of block it is, as it is stored and sent.
    public var kind: String {
        switch self {
        case .html: "html"
        case .video: "video"
        case .file: "file"
        case .problem: "problem"
        case .opaque: "opaque"
        }
    }
}

extension LessonBlock {
    /// The format of the places where a lesson's quiz asks its questions: its source has no keys.
    static let quizFormat = "quiz"

    /// The block as readers get it who do not edit the course.
    var withoutForeignSource: LessonBlock {
        switch self {
        case .problem(let kind, _) where kind != Self.quizFormat: .problem(kind: kind, source: "")
        case .opaque(let kind, _): .opaque(kind: kind, source: "")
        case .html, .video, .file, .problem: self
        }
    }

    var body: String? {
        switch self {
        case .html(let text): text
        case .video(let source, _, _): source
        case .file: nil
        case .problem(_, let source), .opaque(_, let source): source
        }
    }

    var label: String? {
        switch self {
        case .html: nil
        case .video(_, let provider, _): provider
        case .file(_, let name): name
        case .problem(let kind, _), .opaque(let kind, _): kind
        }
    }

    var durationSeconds: Int? {
        if case .video(_, _, let seconds) = self { seconds } else { nil }
    }

    var file: StoredFile.ID? {
        if case .file(let id, _) = self { id } else { nil }
    }

    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        let kind: String = try fields.next()
        let body: String? = try fields.next()
        let label: String? = try fields.next()
        let durationSeconds: Int? = try fields.next()
        let file: StoredFile.ID? = try fields.next()
        switch (kind, body, file) {
        case ("html", let text?, _): self = .html(text)
        case ("video", let source?, _): self = .video(source: source, provider: label, durationSeconds: durationSeconds)
        case ("file", _, let id?): self = .file(id, name: label)
        case ("problem", let source?, _): self = .problem(kind: label ?? "", source: source)
        case ("opaque", let source?, _): self = .opaque(kind: label ?? "", source: source)
        default: throw .undecodable(column: "kind", expected: "a kind of block with its content")
        }
    }
}
