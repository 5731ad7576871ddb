// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// The rules of who may change a course; no I/O.
enum CoursePolicy {
    /// Refuses what the principal may not do: as not found where the course is a secret, else as forbidden.
    static func require(
        _ permission: Permission,
        on course: Course,
        by principal: Principal
    ) throws(CourseError) {
        if principal.may(permission, as: course.role(of: principal)) { return }
        throw isKnown(course, to: principal) ? .forbidden : .notFound
    }

    /// Whether the course is no secret to the principal by its status or their grants; learners are not looked at.
    static func isKnown(_ course: Course, to principal: Principal) -> Bool {
        course.status == .published || principal.may(.courseRead, as: course.role(of: principal))
    }

    /// Whether the principal decides who is on the course's staff: whoever may change every course, and the primary
    /// instructor among those who are on it.
    static func mayArrange(_ users: [Principal.ID], on course: Course, by principal: Principal) -> Bool {
        if principal.may(.courseUpdate, on: .foreign) { return true }
        guard let user = principal.user, user == course.instructors.first, principal.may(.courseUpdate, on: .own)
        else { return false }
        return users.allSatisfy { course.role(of: $0) != nil }
    }

    /// Refuses whoever may not decide who is on the course's staff.
    static func requireArranging(
        _ users: [Principal.ID],
        on course: Course,
        by principal: Principal
    ) throws(CourseError) {
        if mayArrange(users, on: course, by: principal) { return }
        throw isKnown(course, to: principal) ? .forbidden : .notFound
    }

    /// The permission that a change of status needs: offering a course and taking the offer back is `course:publish`.
    static func permission(from old: Course.Status, to new: Course.Status) -> Permission {
        old == .published || new == .published ? .coursePublish : .courseUpdate
    }

    /// Refuses a version that is no longer the course's.
    static func require(version: Int?, of course: Course) throws(CourseError) {
        guard let version, version != course.version else { return }
        throw .versionMismatch(current: course.version)
    }
}
