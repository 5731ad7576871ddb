// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `/courses/{courseId}/lessons/{lessonId}`.
struct LessonPath: PathParameters {
    let courseId: Course.ID
    let lessonId: Lesson.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        lessonId = fields.required("lessonId", .id())
    }
}

/// `/courses/{courseId}/modules/{moduleId}/lessons/{lessonId}`.
struct ModuleLessonPath: PathParameters {
    let courseId: Course.ID
    let moduleId: Module.ID
    let lessonId: Lesson.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        moduleId = fields.required("moduleId", .id())
        lessonId = fields.required("lessonId", .id())
    }
}

/// `POST …/modules/{moduleId}/lessons`.
struct NewLessonRequest: RequestBody {
    let lesson: NewLesson

    init(fields: inout FieldReader) {
        lesson = NewLesson(
            title: fields.required("title", .text(1...255, example: "Values and types")),
            kind: fields.required("type", .choice(Lesson.Kind.reading)),
            status: fields.optional("status", .choice(Lesson.Status.published), default: .published),
            isPreview: fields.optional("isPreview", .flag, default: false),
            durationMinutes: fields.optional("durationMinutes", .integer(1...100_000)),
            position: fields.optional("sortOrder", .integer(0...100_000))
        )
    }
}

/// `PATCH …/lessons/{lessonId}`.
struct LessonUpdate: RequestBody {
    let changes: LessonChanges

    init(fields: inout FieldReader) {
        var changes = LessonChanges()
        changes.title = fields.change("title", .text(1...255, example: "Values and types"))
        changes.kind = fields.change("type", .choice(Lesson.Kind.reading))
        changes.status = fields.change("status", .choice(Lesson.Status.published))
        changes.isPreview = fields.change("isPreview", .flag)
        changes.durationMinutes = fields.clearableChange("durationMinutes", .integer(1...100_000))
        changes.position = fields.change("sortOrder", .integer(0...100_000))
        changes.module = fields.change("moduleId", .id(Module.self))
        self.changes = changes
    }
}

/// `POST …/lessons/reorder`.
struct LessonOrder: RequestBody {
    let placements: [Placement<Lesson>]

    init(fields: inout FieldReader) {
        let items = fields.required("items", .list(.object(LessonPlace.self), 1...Lessons.limit))
        placements = items.map { Placement($0.id, at: $0.position) }
    }
}

/// One lesson's new place.
struct LessonPlace: FieldStructure {
    let id: Lesson.ID
    let position: Int

    init(fields: inout FieldReader) {
        id = fields.required("id", .id())
        position = fields.required("sortOrder", .integer(0...100_000))
    }
}

/// `PUT …/lessons/{lessonId}/content`.
struct LessonContentRequest: RequestBody {
    let blocks: [LessonBlock]

    init(fields: inout FieldReader) {
        let blocks = fields.required("blocks", .list(.object(BlockRequest.self), 0...Lessons.blockLimit))
        self.blocks = blocks.map(\.block)
    }
}

/// One block of a lesson; which fields it needs depends on its kind.
struct BlockRequest: FieldStructure {
    let block: LessonBlock

    enum Kind: String, CaseIterable, Sendable {
        case html, video, file, problem, opaque
    }

    init(fields: inout FieldReader) {
        let kind = fields.required("kind", .choice(Kind.html))
        let text = fields.optional("text", .multilineText(0...LessonBlock.bodyLimit))
        let source = fields.optional("source", .multilineText(1...LessonBlock.bodyLimit))
        let provider = fields.optional("provider", .text(1...50, example: "youtube"))
        let duration = fields.optional("durationSeconds", .integer(0...1_000_000))
        let file = fields.optional("fileId", .id(StoredFile.self))
        let name = fields.optional("name", .text(1...255))
        let format = fields.optional("format", .text(1...255))
        var block = LessonBlock.html(text ?? "")
        switch kind {
        case .html:
            if text == nil { fields.refuse("text", .required) }
        case .video:
            block = .video(source: source ?? "", provider: provider, durationSeconds: duration)
            let isAddress = source.map { $0.hasPrefix("https://") && !$0.contains { $0.isWhitespace } } ?? false
            if source == nil { fields.refuse("source", .required) }
            // Without a provider the source is loaded as it is, so it must not be a script.
            if source != nil, provider == nil, !isAddress { fields.refuse("source", .malformed) }
        case .file:
            if let file { block = .file(file, name: name) } else { fields.refuse("fileId", .required) }
        case .problem:
            block = .problem(kind: format ?? "", source: source ?? "")
            if source == nil { fields.refuse("source", .required) }
        case .opaque:
            block = .opaque(kind: format ?? "", source: source ?? "")
            if source == nil { fields.refuse("source", .required) }
        }
        self.block = block
    }
}
