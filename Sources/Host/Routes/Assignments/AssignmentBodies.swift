// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// An assignment; its criteria where it stands by itself.
struct AssignmentBody: ResponseBody {
    let assignment: Assignment

    init(_ assignment: Assignment) {
        self.assignment = assignment
    }

    static var example: AssignmentBody { AssignmentBody(.example(isWhole: true)) }
    static var variations: [AssignmentBody] { [AssignmentBody(.example(isWhole: false))] }

    var etag: ETag { ETag(version: assignment.version, of: assignment.id, showing: self) }

    func write(to json: inout JSONWriter) {
        let settings = assignment.settings
        json.object { object in
            object.field("id", assignment.id)
            object.field("courseId", assignment.course)
            object.field("lessonId", settings.lesson)
            object.field("title", settings.title)
            object.field("instructions", settings.instructions)
            object.field("status", assignment.status.rawValue)
            object.field("points", settings.points)
            object.field("rubricId", settings.rubric)
            object.field("rubricVersion", assignment.rubricVersion)
            object.field("criteria", assignment.criteria)
            object.field("opensAt", settings.opensAt)
            object.field("dueAt", settings.dueAt)
            object.field("closesAt", settings.closesAt)
            object.field("graceSeconds", settings.graceSeconds)
            object.field("acceptsLate", settings.acceptsLate)
            object.field("latePenaltyPercent", settings.latePenalty)
            object.field("lateFloorPercent", settings.lateFloor)
            object.field("submissionLimit", settings.submissionLimit)
            object.field("isBlind", settings.isBlind)
            object.field("release", settings.release.rawValue)
            object.field("completesLessonOn", settings.completion.rawValue)
            object.field("takes", settings.takes.rawValue)
            object.field("fileLimit", settings.fileLimit)
            object.field("fileLimitInBytes", settings.fileLimitInBytes)
            object.field("fileTypes", settings.fileTypes.map(\.rawValue))
            object.field("groupSetId", settings.groupSet)
            object.field("version", assignment.version)
            object.field("createdAt", assignment.createdAt)
            object.field("updatedAt", assignment.updatedAt)
            object.field("publishedAt", assignment.publishedAt)
        }
    }
}

/// A rubric.
struct RubricBody: ResponseBody {
    let rubric: Rubric

    init(_ rubric: Rubric) {
        self.rubric = rubric
    }

    static var example: RubricBody {
        RubricBody(
            Rubric(
                id: .example,
                course: .example,
                title: "Essays",
                version: 2,
                criteria: RubricCriterion.examples,
                points: Points(10),
                createdAt: .exampleTime
            )
        )
    }

    var etag: ETag { ETag(version: rubric.version, of: rubric.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", rubric.id)
            object.field("courseId", rubric.course)
            object.field("title", rubric.title)
            object.field("version", rubric.version)
            object.field("points", rubric.points)
            object.field("criteria", rubric.criteria)
            object.field("createdAt", rubric.createdAt)
            object.field("updatedAt", rubric.updatedAt)
        }
    }
}

/// What a learner has besides what everybody has.
struct AssignmentExtensionBody: ResponseBody {
    let given: AssignmentExtension

    init(_ given: AssignmentExtension) {
        self.given = given
    }

    static var example: AssignmentExtensionBody { AssignmentExtensionBody(.example(until: .exampleTime)) }
    static var variations: [AssignmentExtensionBody] { [AssignmentExtensionBody(.example(until: nil))] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", given.user)
            object.field("displayName", given.displayName)
            object.field("dueAt", given.granted.dueAt)
            object.field("closesAt", given.granted.closesAt)
            object.field("extraSubmissions", given.granted.extraSubmissions)
            object.field("reason", given.granted.reason)
            object.field("grantedAt", given.grantedAt)
        }
    }
}

/// What releasing grades came to.
struct GradeReleaseBody: ResponseBody {
    let release: GradeRelease

    static var example: GradeReleaseBody { GradeReleaseBody(release: GradeRelease(released: 24, hasMore: false)) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("released", release.released)
            object.field("hasMore", release.hasMore)
        }
    }
}

extension RubricCriterion {
    fileprivate static let examples = [
        RubricCriterion(
            "Argument",
            description: "Whether it follows",
            levels: [RubricLevel("Missing", points: .zero), RubricLevel("Convincing", points: Points(10))]
        )
    ]
}

extension Assignment {
    fileprivate static func example(isWhole: Bool) -> Assignment {
        var settings = AssignmentSettings(title: "The third sheet")
        if isWhole {
            settings.instructions = "Prove it."
            settings.lesson = .example
            settings.rubric = .example
            settings.points = Points(10)
            (settings.opensAt, settings.dueAt, settings.closesAt) = (.exampleTime, .exampleTime, .exampleTime)
            (settings.latePenalty, settings.lateFloor) = (10, 50)
            settings.groupSet = .example
            (settings.takes, settings.fileLimitInBytes) = (.both, 1_048_576)
            settings.fileTypes = ["docx", "pdf"].compactMap(SubmissionFileType.init(rawValue:))
        } else {
            settings.submissionLimit = nil
        }
        return Assignment(
            id: .example,
            course: .example,
            status: isWhole ? .published : .draft,
            settings: settings,
            rubricVersion: isWhole ? 2 : nil,
            criteria: isWhole ? RubricCriterion.examples : [],
            createdAt: .exampleTime,
            publishedAt: isWhole ? .exampleTime : nil
        )
    }
}

extension AssignmentExtension {
    fileprivate static func example(until date: Date?) -> AssignmentExtension {
        var granted = NewAssignmentExtension(because: "Illness")
        (granted.dueAt, granted.closesAt, granted.extraSubmissions) = (date, date, 1)
        return AssignmentExtension(
            user: .example,
            displayName: "Ada Lovelace",
            granted: granted,
            grantedAt: .exampleTime
        )
    }
}
