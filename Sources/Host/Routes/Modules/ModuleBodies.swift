// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/courses/{courseId}/modules/{moduleId}`.
struct ModulePath: PathParameters {
    let courseId: Course.ID
    let moduleId: Module.ID

    init(fields: inout FieldReader) {
        courseId = fields.required("courseId", .id())
        moduleId = fields.required("moduleId", .id())
    }
}

/// `POST /api/v1/courses/{courseId}/modules`.
struct NewModuleRequest: RequestBody {
    let title: String
    let position: Int?

    init(fields: inout FieldReader) {
        title = fields.required("title", .text(1...255, example: "Getting started"))
        position = fields.optional("sortOrder", .integer(0...100_000))
    }
}

/// `PATCH /api/v1/courses/{courseId}/modules/{moduleId}`.
struct ModuleUpdate: RequestBody {
    let title: Change<String>
    let position: Change<Int>
    let release: Change<ModuleRelease?>

    init(fields: inout FieldReader) {
        title = fields.change("title", .text(1...255, example: "Getting started"))
        position = fields.change("sortOrder", .integer(0...100_000))
        let instant = fields.clearableChange("releaseAt", .date)
        let days = fields.clearableChange("releaseAfterDays", .integer(0...3650))
        switch (instant, days) {
        case (.keep, .keep): release = .keep
        case (.set(.some(_)), .set(.some(_))):
            fields.refuse("releaseAfterDays", .notBoth)
            release = .keep
        default:
            release = .set(
                instant.applied(to: nil).map(ModuleRelease.at) ?? days.applied(to: nil).map(ModuleRelease.afterDays)
            )
        }
    }
}

extension FieldIssue.Code {
    static let notBoth = Self(
        "NOT_BOTH",
        en: "goes not together with the other one; give one of them",
        es: "no puede ir junto con el otro; indique solo uno",
        ar: "لا يجتمع مع الآخر؛ أدخل أحدهما فقط"
    )
}

/// `POST …/modules/reorder`.
struct ModuleOrder: RequestBody {
    let placements: [Placement<Module>]

    init(fields: inout FieldReader) {
        let items = fields.required("items", .list(.object(ModulePlace.self), 1...Modules.limit))
        placements = items.map { Placement($0.id, at: $0.position) }
    }
}

/// One module's new place.
struct ModulePlace: FieldStructure {
    let id: Module.ID
    let position: Int

    init(fields: inout FieldReader) {
        id = fields.required("id", .id())
        position = fields.required("sortOrder", .integer(0...100_000))
    }
}

/// A module with its lessons, without their content.
struct ModuleBody: ResponseBody {
    let id: Module.ID
    let title: String
    let position: Int
    let createdAt: Date
    let updatedAt: Date
    let lessons: [LessonBody]
    let release: ModuleRelease?
    let availability: Availability

    init(_ outline: CourseOutline.ModuleOutline) {
        self.init(outline.module, lessons: outline.lessons, outline.availability)
    }

    init(_ module: Module, lessons: [Lesson], _ availability: Availability = .now) {
        release = module.release
        self.availability = availability
        id = module.id
        title = module.title
        position = module.position
        createdAt = module.createdAt
        updatedAt = module.updatedAt
        self.lessons = lessons.map(LessonBody.init)
    }

    private init(lessons: [LessonBody], _ release: ModuleRelease? = nil, _ availability: Availability = .now) {
        self.release = release
        self.availability = availability
        id = Module.ID(UUID(high: 0x0189_0A5D_AC96_7002, low: 0xBCCE_B302_099A_8057))
        title = "Getting started"
        position = 0
        createdAt = Date(timeIntervalSince1970: 1_800_000_000)
        updatedAt = createdAt
        self.lessons = lessons
    }

    static var example: ModuleBody { ModuleBody(lessons: [.example]) }
    static var variations: [ModuleBody] {
        let instant = Date(timeIntervalSince1970: 1_800_000_000)
        return [
            ModuleBody(lessons: LessonBody.variations, .at(instant), .later(instant)),
            ModuleBody(lessons: LessonBody.variations, .afterDays(7)),
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("title", title)
            object.field("sortOrder", position)
            object.field("lessons", lessons)
            release.writeFields(to: &object)
            object.field("isAvailable", availability == .now)
            object.field("availableAt", availability.instant)
            object.field("createdAt", createdAt)
            object.field("updatedAt", updatedAt)
        }
    }
}

/// The modules of a course, in order.
struct ModuleListBody: ResponseBody {
    let items: [ModuleBody]

    static var example: ModuleListBody { ModuleListBody(items: [.example] + ModuleBody.variations) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("items", items) }
    }
}

/// A module without its lessons: what a change of it answers.
struct ModuleSummaryBody: ResponseBody {
    let id: Module.ID
    let title: String
    let position: Int
    let release: ModuleRelease?
    let createdAt: Date
    let updatedAt: Date

    init(_ module: Module) {
        id = module.id
        title = module.title
        position = module.position
        release = module.release
        createdAt = module.createdAt
        updatedAt = module.updatedAt
    }

    private init(_ example: ModuleBody) {
        id = example.id
        title = example.title
        position = example.position
        release = example.release
        createdAt = example.createdAt
        updatedAt = example.updatedAt
    }

    static var example: ModuleSummaryBody { ModuleSummaryBody(ModuleBody.example) }
    static var variations: [ModuleSummaryBody] { ModuleBody.variations.map { ModuleSummaryBody($0) } }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("title", title)
            object.field("sortOrder", position)
            release.writeFields(to: &object)
            object.field("createdAt", createdAt)
            object.field("updatedAt", updatedAt)
        }
    }
}

extension ModuleRelease? {
    /// Writes the rule as it is given.
    fileprivate func writeFields(to object: inout JSONWriter) {
        var (instant, days): (Date?, Int?) = (nil, nil)
        switch self {
        case .at(let given): instant = given
        case .afterDays(let given): days = given
        case nil: break
        }
        object.field("releaseAt", instant)
        object.field("releaseAfterDays", days)
    }
}
