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
        let ownership = course.ownership(for: principal)
        if principal.may(permission, on: ownership) { return }
        let isKnown = course.status == .published || principal.may(.courseRead, on: ownership)
        throw isKnown ? .forbidden : .notFound
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
