// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// The categories and tags of all courses.
struct CourseLabelRoutes: Sendable {
    let labels: CourseLabels

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/course-labels/{kind}",
                "List categories or tags with their use",
                access: .permission(.courseUpdate),
                problems: [.forbidden, .invalidCursor],
                caching: .revalidated,
                handler: list
            ),
            Route(
                .post,
                "/api/v1/course-labels/{kind}/rename",
                "Rename a category or tag, or make two one",
                access: .permission(.courseUpdate),
                problems: [.forbidden],
                handler: rename
            ),
            Route(
                .post,
                "/api/v1/course-labels/{kind}/remove",
                "Take a category or tag from all courses",
                access: .permission(.courseUpdate),
                problems: [.forbidden],
                handler: remove
            ),
        ]
    }

    private func list(
        _ input: Input<CourseLabelPath, CourseLabelQuery, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<ListBody<CourseLabelBody>> {
        let page = try await labels.list(
            input.path.kind,
            after: try context.position(input.query.cursor),
            limit: input.query.limit,
            reader: context.reader
        )
        return .ok(ListBody(items: page.items.map(CourseLabelBody.init), nextCursor: context.cursor(page.next)))
    }

    private func rename(
        _ input: Input<CourseLabelPath, Nothing, CourseLabelRenaming>,
        _ context: RequestContext
    ) async throws -> Reply<CourseLabelChangeBody> {
        try await change(input.body.from, of: input.path.kind, to: input.body.to, context)
    }

    private func remove(
        _ input: Input<CourseLabelPath, Nothing, CourseLabelRemoval>,
        _ context: RequestContext
    ) async throws -> Reply<CourseLabelChangeBody> {
        try await change(input.body.label, of: input.path.kind, to: nil, context)
    }

    private func change(
        _ old: String,
        of kind: CourseLabel.Kind,
        to new: String?,
        _ context: RequestContext
    ) async throws -> Reply<CourseLabelChangeBody> {
        let changed = try await context.transaction { session in
            try await labels.change(old, of: kind, to: new, session: session)
        }
        return .ok(CourseLabelChangeBody(changed: changed))
    }
}

/// `/course-labels/{kind}`.
struct CourseLabelPath: PathParameters {
    let kind: CourseLabel.Kind

    init(fields: inout FieldReader) {
        kind = fields.required("kind", .choice(CourseLabel.Kind.categories))
    }
}

/// The query of the list.
struct CourseLabelQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST …/rename`.
struct CourseLabelRenaming: RequestBody {
    let from: String
    let to: String

    init(fields: inout FieldReader) {
        from = fields.required("from", .text(1...100, example: "Programing"))
        to = fields.required("to", .text(1...100, example: "Programming"))
    }
}

/// `POST …/remove`.
struct CourseLabelRemoval: RequestBody {
    let label: String

    init(fields: inout FieldReader) {
        label = fields.required("label", .text(1...100, example: "Misc"))
    }
}

/// A category or tag with its use.
struct CourseLabelBody: ResponseBody {
    let label: CourseLabel

    init(_ label: CourseLabel) {
        self.label = label
    }

    static var example: CourseLabelBody { CourseLabelBody(CourseLabel(text: "Programming", courses: 12)) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("label", label.text)
            object.field("courseCount", label.courses)
        }
    }
}

/// How many courses were changed.
struct CourseLabelChangeBody: ResponseBody {
    let changed: Int

    static var example: CourseLabelChangeBody { CourseLabelChangeBody(changed: 12) }

    func write(to json: inout JSONWriter) {
        json.object { $0.field("changed", changed) }
    }
}

extension CourseLabelError: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .forbidden: Problem(.forbidden)
        case .unsound(let limit):
            Problem(.validationFailed).detailed(
                en: "1 to \(limit) characters.",
                es: "De 1 a \(limit) caracteres.",
                ar: "من حرف واحد إلى \(limit) حرفاً."
            )
        case .invalidPosition: Problem(.invalidCursor)
        case .database(let error): error.problem
        }
    }
}
