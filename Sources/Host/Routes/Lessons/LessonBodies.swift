// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// A lesson without its content; the same for everybody who may see it.
struct LessonBody: ResponseBody {
    let id: Lesson.ID
    let module: Module.ID
    let title: String
    let kind: Lesson.Kind
    let status: Lesson.Status
    let isPreview: Bool
    let durationMinutes: Int?
    let position: Int
    let version: Int
    let createdAt: Date
    let updatedAt: Date

    init(_ lesson: Lesson) {
        id = lesson.id
        module = lesson.module
        title = lesson.title
        kind = lesson.kind
        status = lesson.status
        isPreview = lesson.isPreview
        durationMinutes = lesson.durationMinutes
        position = lesson.position
        version = lesson.version
        createdAt = lesson.createdAt
        updatedAt = lesson.updatedAt
    }

    private init(durationMinutes: Int?) {
        id = Lesson.ID(UUID(high: 0x0189_0A5D_AC96_7003, low: 0xBCCE_B302_099A_8057))
        module = Module.ID(UUID(high: 0x0189_0A5D_AC96_7002, low: 0xBCCE_B302_099A_8057))
        title = "Values and types"
        kind = .reading
        status = .published
        isPreview = true
        self.durationMinutes = durationMinutes
        position = 0
        version = 1
        createdAt = Date(timeIntervalSince1970: 1_800_000_000)
        updatedAt = createdAt
    }

    static var example: LessonBody { LessonBody(durationMinutes: 10) }
    static var variations: [LessonBody] { [LessonBody(durationMinutes: nil)] }

    var etag: ETag { ETag(version: version, of: id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    /// Writes the members alone, for a body that has more.
    func writeFields(to object: inout JSONWriter) {
        object.field("id", id)
        object.field("moduleId", module)
        object.field("title", title)
        object.field("type", kind.rawValue)
        object.field("status", status.rawValue)
        object.field("isPreview", isPreview)
        object.field("durationMinutes", durationMinutes)
        object.field("sortOrder", position)
        object.field("version", version)
        object.field("createdAt", createdAt)
        object.field("updatedAt", updatedAt)
    }
}

/// A lesson with its content, for who is entitled to it.
struct LessonContentBody: ResponseBody {
    let lesson: LessonBody
    let blocks: [LessonBlock]

    init(_ content: LessonContent) {
        lesson = LessonBody(content.lesson)
        blocks = content.blocks
    }

    private init(lesson: LessonBody, blocks: [LessonBlock]) {
        self.lesson = lesson
        self.blocks = blocks
    }

    static var example: LessonContentBody {
        LessonContentBody(
            lesson: .example,
            blocks: [
                .html("<p>A value has a type.</p>"),
                .video(source: "https://cdn.example.org/types.mp4", provider: "youtube", durationSeconds: 90),
                .file(StoredFile.ID(UUID(high: 0x0189_0A5D_AC96_7004, low: 0xBCCE_B302_099A_8057)), name: "types.pdf"),
                .problem(kind: "olx", source: "<problem/>"),
            ]
        )
    }
    static var variations: [LessonContentBody] {
        LessonBody.variations.map { lesson in
            LessonContentBody(
                lesson: lesson,
                blocks: [.video(source: "https://cdn.example.org/a.mp4", provider: nil, durationSeconds: nil)]
            )
        }
    }

    var etag: ETag { ETag(version: lesson.version, of: lesson.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            lesson.writeFields(to: &object)
            object.field("blocks", blocks.map(BlockBody.init))
        }
    }
}

/// One block of a lesson.
private struct BlockBody: JSONWritable {
    let block: LessonBlock

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("kind", block.kind)
            switch block {
            case .html(let text):
                object.field("text", text)
            case .video(let source, let provider, let seconds):
                object.field("source", source)
                object.field("provider", provider)
                object.field("durationSeconds", seconds)
            case .file(let file, let name):
                object.field("fileId", file)
                object.field("name", name)
            case .problem(let format, let source), .opaque(let format, let source):
                object.field("format", format)
                object.field("source", source)
            }
        }
    }
}
