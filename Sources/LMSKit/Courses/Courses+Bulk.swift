// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// What became of one course of a change of several.
public struct BulkStatusResult: Sendable, Hashable {
    /// The course.
    public let course: Course.ID
    /// What became of it.
    public let outcome: Outcome

    package init(course: Course.ID, outcome: Outcome) {
        self.course = course
        self.outcome = outcome
    }

    /// What becomes of a course.
    @nonexhaustive
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// It got the status.
        case changed
        /// It had the status.
        case unchanged
        /// There is no such course, or the principal may not know that there is.
        case notFound = "not_found"
        /// The principal may see it and may not do this, or nobody may: it is a template, or a later version took its place.
        case forbidden
        /// It would be published, and nobody approved this version.
        case approvalNeeded = "approval_needed"
    }
}

extension Courses {
    /// Gives several courses a status, each for itself.
    ///
    /// - Parameters:
    ///   - status: The status they get.
    ///   - ids: At most 100 courses; their rows are locked until the transaction ends.
    ///   - session: The tenant's open transaction.
    /// - Returns: What became of each, in the order of the list; one that is named twice is answered once.
    /// - Throws: `CourseError.tooManyCourses`; `.versionInProgress` if two versions of a course would have the status, or one is
    ///   being written: nothing changes then.
    public func setStatus(
        _ status: Course.Status,
        ofEach ids: [Course.ID],
        session: borrowing TenantSession
    ) async throws(CourseError) -> [BulkStatusResult] {
        var seen: Set<Course.ID> = []
        let ids = ids.filter { seen.insert($0).inserted }
        guard ids.count <= Courses.bulkLimit else { throw .tooManyCourses(limit: Courses.bulkLimit) }
        let principal = session.principal
        let (found, unapproved): ([Course.ID: Course], Set<Course.ID>) = try await CourseError.translating {
            let replies = try await session.batch([.lockCourses(ids), .selectUnapproved(ids)])
            let courses = try replies[0].map(Course.init(row:))
            let unapproved: [Course.ID] = try replies[1].map { row in try row[0] }
            return (Dictionary(uniqueKeysWithValues: courses.map { ($0.id, $0) }), Set(unapproved))
        }
        let now = clock.now()
        var statements: [SQL] = []
        var changed: [Course.ID] = []
        var results: [BulkStatusResult] = []
        var series: Set<Course.ID> = []
        for id in ids {
            var outcome = Courses.outcome(of: found[id], becoming: status, for: principal)
            if outcome == .changed, status == .published, unapproved.contains(id) { outcome = .approvalNeeded }
            if outcome == .changed, var course = found[id] {
                if status == .published, let other = course.series, !series.insert(other).inserted {
                    throw .versionInProgress
                }
                course.take(status, at: now)
                guard try await maySucceed(&course, session: session) else {
                    results.append(BulkStatusResult(course: id, outcome: .forbidden))
                    continue
                }
                changed.append(id)
                statements.append(audit.recording(status.event(on: id), by: principal))
                statements.append(recording(.status, of: course, by: principal, at: now))
                statements += recordingSuccession(of: course, by: principal, at: now)
            }
            results.append(BulkStatusResult(course: id, outcome: outcome))
        }
        if !changed.isEmpty {
            try await run([.updateStatus(status, of: changed, at: now)] + statements, session: session)
        }
        return results
    }

    /// See `succeed(_:isDecided:session:)`.
    private func maySucceed(
        _ course: inout Course,
        session: borrowing TenantSession
    ) async throws(CourseError) -> Bool {
        do {
            try await succeed(&course, session: session)
            return true
        } catch {
            switch error {
            case .forbidden, .notFound: return false
            default: throw error
            }
        }
    }

    private static func outcome(
        of course: Course?,
        becoming status: Course.Status,
        for principal: Principal
    ) -> BulkStatusResult.Outcome {
        guard let course else { return .notFound }
        let permission = CoursePolicy.permission(from: course.status, to: status)
        guard principal.may(permission, as: course.role(of: principal)) else {
            return CoursePolicy.isKnown(course, to: principal) ? .forbidden : .notFound
        }
        // What a later version took the place of stays archived, and a template a draft.
        let isHeld = course.supersededAt != nil && status != .archived || course.isTemplate && status != .draft
        guard !isHeld else { return .forbidden }
        return course.status == status ? .unchanged : .changed
    }
}

extension SQL {
    /// Those of a list that the tenant wants approved and nobody approved as they are; their rows are locked.
    static func selectUnapproved(_ ids: [Course.ID]) -> SQL {
        """
        SELECT c.id FROM courses c
        WHERE c.id = ANY(\(ids)) AND EXISTS (SELECT FROM course_approval_rules WHERE is_required)
          AND NOT EXISTS (SELECT FROM course_submissions s
                          WHERE s.course_id = c.id AND s.status = 'approved' AND s.course_version = c.version)
        """
    }
}
