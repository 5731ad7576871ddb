// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

@testable import LMSHost

/// Something to have routes about.
enum Sample {
    enum Kind: String, CaseIterable, Sendable {
        case first
        case second
    }

    struct Path: PathParameters {
        let sampleId: Identifier<Sample>
        init(fields: inout FieldReader) {
            sampleId = fields.required("sampleId", .id())
        }
    }

    struct Query: QueryParameters {
        let limit: Int
        let kinds: [Kind]
        init(fields: inout FieldReader) {
            limit = fields.optional("limit", .integer(1...100), default: 20)
            kinds = fields.optional("kinds", .list(.choice(Kind.first), 1...5)) ?? []
        }
    }

    struct Part: FieldStructure {
        let name: String
        init(fields: inout FieldReader) {
            name = fields.required("name", .text(1...10))
        }
    }

    struct New: RequestBody {
        let title: String
        let price: Money?
        let kind: Kind
        let parts: [Part]
        init(fields: inout FieldReader) {
            title = fields.required("title", .text(3...20))
            price = fields.optional("price", .money)
            kind = fields.optional("kind", .choice(Kind.first), default: .first)
            parts = fields.optional("parts", .list(.object(Part.self), 0...3)) ?? []
            fields.ignored("role")
        }
    }

    struct Body: ResponseBody {
        let title: String
        static var example: Body { Body(title: "Algebra") }
        func write(to json: inout JSONWriter) {
            json.object { $0.field("title", title) }
        }
    }

    static let permission = Permission("sample:create")

    static var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/samples",
                "List samples",
                access: .publicRead,
                caching: .revalidated
            ) { (input: Input<Nothing, Query, Nothing>, context) in
                .ok(Body(title: "\(input.query.limit) \(input.query.kinds.map(\.rawValue))"))
            },
            Route(.get, "/api/v1/samples/mine", "My samples", access: .signedIn) {
                (input: Input<Nothing, Nothing, Nothing>, context) in
                .ok(Body(title: "mine"))
            },
            Route(.get, "/api/v1/samples/{sampleId}", "Show a sample", access: .publicRead) {
                (input: Input<Path, Nothing, Nothing>, context) in
                .ok(Body(title: input.path.sampleId.description))
            },
            Route(
                .post,
                "/api/v1/samples",
                "Make a sample",
                access: .permission(permission),
                status: .created,
                bodyLimit: 1000
            ) { (input: Input<Nothing, Nothing, New>, context) in
                .created(Body(title: input.body.title), at: "/api/v1/samples/1")
            },
            Route(.delete, "/api/v1/samples/{sampleId}", "Remove a sample", access: .signedIn, status: .noContent) {
                (input: Input<Path, Nothing, Nothing>, context) -> Reply<Nothing> in
                throw DatabaseError.unavailable
            },
            Route(
                .post,
                "/api/v1/token",
                "Speak OAuth",
                access: .anonymous,
                rate: .auth,
                problemFormat: .oauth
            ) { (input: Input<Nothing, Nothing, TokenRequest>, context) in
                .ok(Body(title: input.body.grant))
            },
        ]
    }

    struct TokenRequest: RequestBody {
        static var formats: Set<BodyFormat> { [.form] }
        let grant: String
        init(fields: inout FieldReader) {
            grant = fields.required("grant_type", .text(1...50))
        }
    }
}
