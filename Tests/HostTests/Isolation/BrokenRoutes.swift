// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy
internal import Synchronization

@testable import LMSHost

/// Routes with the mistakes that the isolation suite exists to find.
enum BrokenRoutes {
    struct Titles: ResponseBody {
        let titles: [String]
        static var example: Titles { Titles(titles: ["Algebra"]) }
        func write(to json: inout JSONWriter) {
            json.object { $0.field("titles", titles) }
        }
    }

    struct TenantInBody: RequestBody {
        let tenantId: TenantID
        init(fields: inout FieldReader) {
            tenantId = fields.required("tenantId", .id())
        }
    }

    /// Takes the tenant from the body instead of from the address.
    static let tenantFromBody = Route(
        .post,
        "/api/v1/broken/tenant",
        "List courses",
        access: .signedIn
    ) { (input: Input<Nothing, Nothing, TenantInBody>, context) in
        let reader = context.tenants.reader(for: input.body.tenantId, as: context.principal)
        return .ok(Titles(titles: try await titles(reader)))
    }

    /// Keeps replies without the tenant in the key.
    static func cacheWithoutTenant() -> Route {
        let kept = KeptTitles()
        return Route(
            .get,
            "/api/v1/broken/cache",
            "List courses",
            access: .publicRead
        ) { (input: Input<Nothing, Nothing, Nothing>, context) in
            if let titles = kept.titles["courses"] { return .ok(Titles(titles: titles)) }
            let titles = try await titles(context.reader)
            kept.keep(titles, as: "courses")
            return .ok(Titles(titles: titles))
        }
    }

    /// Finds an enrollment by its identifier and does not ask whose it is.
    static let missingOwnerCheck = Route(
        .get,
        "/api/v1/broken/enrollments/{enrollmentId}",
        "Show an enrollment",
        access: .signedIn
    ) { (input: Input<EnrollmentPath, Nothing, Nothing>, context) in
        let enrollment = input.path.enrollmentId
        let rows = try await context.reader.read("SELECT status FROM enrollments WHERE id = \(enrollment)")
        guard let row = rows.only else { throw Problem(.notFound) }
        return .ok(Titles(titles: [try row[0]]))
    }

    /// Changes whatever course it is told to.
    static let missingOwnerCheckOnChange = Route(
        .post,
        "/api/v1/broken/courses/{courseId}/rename",
        "Rename a course",
        access: .permission(.courseUpdate)
    ) { (input: Input<EnrolledCoursePath, Nothing, Nothing>, context) in
        let course = input.path.courseId
        let rows = try await context.transaction { session in
            try await session.execute(
                "UPDATE courses SET title = 'Renamed' WHERE id = \(course) AND status = 'published' RETURNING title"
            )
        }
        guard let row = rows.only else { throw Problem(.notFound) }
        return .ok(Titles(titles: [try row[0]]))
    }

    private static func titles(_ reader: TenantReader) async throws -> [String] {
        try await reader.read("SELECT title FROM courses ORDER BY title").map { try $0[0] }
    }
}

private final class KeptTitles: Sendable {
    private let storage = Mutex<[String: [String]]>([:])

    var titles: [String: [String]] { storage.withLock { $0 } }

    func keep(_ titles: [String], as key: String) {
        storage.withLock { $0[key] = titles }
    }
}
