// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// `PUT /api/v1/courses/{courseId}/curriculum/sync`: the whole curriculum; what is not in it is removed.
struct CurriculumRequest: RequestBody {
    let draft: CurriculumDraft

    init(fields: inout FieldReader) {
        let modules = fields.required("modules", .list(.object(ModuleDraftRequest.self), 0...Modules.limit))
        draft = CurriculumDraft(modules: modules.inOrder(of: \.position).map(\.draft))
    }
}

/// A module of the curriculum: without `id` a new one.
struct ModuleDraftRequest: FieldStructure {
    let draft: CurriculumDraft.ModuleDraft
    let position: Int?

    init(fields: inout FieldReader) {
        let id = fields.optional("id", .id(Module.self))
        let title = fields.required("title", .text(1...255))
        position = fields.optional("sortOrder", .integer(0...100_000))
        let lessons = fields.optional("lessons", .list(.object(LessonDraftRequest.self), 0...Lessons.limit)) ?? []
        draft = CurriculumDraft.ModuleDraft(
            id: id,
            title: title,
            lessons: lessons.inOrder(of: \.position).map(\.draft)
        )
    }
}

/// A lesson of the curriculum: without `id` a new one, without `blocks` with the content that it has.
struct LessonDraftRequest: FieldStructure {
    let draft: CurriculumDraft.LessonDraft
    let position: Int?

    init(fields: inout FieldReader) {
        let id = fields.optional("id", .id(Lesson.self))
        let title = fields.required("title", .text(1...255))
        let kind = fields.required("type", .choice(Lesson.Kind.reading))
        let status = fields.optional("status", .choice(Lesson.Status.published))
        let isPreview = fields.optional("isPreview", .flag, default: false)
        let duration = fields.optional("durationMinutes", .integer(1...100_000))
        position = fields.optional("sortOrder", .integer(0...100_000))
        let blocks = fields.optional("blocks", .list(.object(BlockRequest.self), 0...Lessons.blockLimit))
        draft = CurriculumDraft.LessonDraft(
            id: id,
            title: title,
            kind: kind,
            status: status,
            isPreview: isPreview,
            durationMinutes: duration,
            blocks: blocks?.map(\.block)
        )
    }
}

extension Array {
    /// The elements by their given places; without one, an element has the place at which it stands.
    fileprivate func inOrder(of position: (Element) -> Int?) -> [Element] {
        enumerated().sorted { left, right in
            (position(left.element) ?? left.offset, left.offset) < (
                position(right.element) ?? right.offset, right.offset
            )
        }
        .map(\.element)
    }
}
