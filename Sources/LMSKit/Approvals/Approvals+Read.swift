// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension Approvals {
    /// Says whether courses are published after an approval only.
    ///
    /// - Parameter reader: Who reads in which tenant; whoever may write or publish courses.
    /// - Returns: The rule.
    /// - Throws: `ApprovalError.forbidden` without `course:update`.
    public func rule(reader: TenantReader) async throws(ApprovalError) -> CourseApprovalRule {
        guard reader.principal.grants.scope(of: .courseUpdate) != nil else { throw .forbidden }
        return try await ApprovalError.translating {
            try CourseApprovalRule(rows: try await reader.read(.selectApprovalRule()))
        }
    }

    /// Lists what was submitted of a course and decided, the newest first, in one round trip.
    ///
    /// - Parameters:
    ///   - course: The course.
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `ApprovalError.courseNotFound` or `.forbidden` without `course:read` on the course; `.invalidPosition`.
    public func history(
        of course: Course.ID,
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ApprovalError) -> Page<CourseSubmission> {
        if let position, position.order != "submissions" { throw .invalidPosition }
        return try await ApprovalError.translating {
            let rows = try await reader.read([
                .selectCourse(course),
                .listSubmissions(
                    of: course,
                    after: position.map { CourseSubmission.ID($0.id) },
                    limit: limit.withProbe
                ),
            ])
            guard let found = try rows[0].only.map(Course.init(row:)) else { throw ApprovalError.courseNotFound }
            try Approvals.require(.courseRead, on: found, by: reader.principal)
            return try Approvals.page(rows[1], "submissions", limit)
        }
    }

    /// Lists what waits for a decision, what waits longest first.
    ///
    /// - Parameters:
    ///   - position: Where the page starts; `nil` for the first.
    ///   - limit: The most to return.
    ///   - reader: Who reads in which tenant.
    /// - Returns: A page.
    /// - Throws: `ApprovalError.forbidden` without `course:publish` on every course; `.invalidPosition`.
    public func waiting(
        after position: PagePosition? = nil,
        limit: PageLimit = PageLimit(),
        reader: TenantReader
    ) async throws(ApprovalError) -> Page<CourseSubmission> {
        guard reader.principal.may(.coursePublish, on: .foreign) else { throw .forbidden }
        if let position, position.order != "waiting" { throw .invalidPosition }
        return try await ApprovalError.translating {
            let after = position.map { CourseSubmission.ID($0.id) }
            let rows = try await reader.read(.listWaitingSubmissions(after: after, limit: limit.withProbe))
            return try Approvals.page(rows, "waiting", limit)
        }
    }

    private static func page(_ rows: Rows, _ order: String, _ limit: PageLimit) throws -> Page<CourseSubmission> {
        Page(cutting: try rows.map(CourseSubmission.init(row:)), limit: limit.count) {
            PagePosition(order: order, id: $0.id.uuid)
        }
    }
}
