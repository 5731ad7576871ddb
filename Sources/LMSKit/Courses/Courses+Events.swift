// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

extension Courses {
    /// The statement that records what happened to a course or something in it; the course's row is locked.
    func recording(
        _ type: EventType,
        of course: Course.ID,
        _ payload: [JSONMember] = [],
        by principal: Principal,
        at instant: Date
    ) -> SQL {
        .recordEvent(
            Event(
                identifiers.next(),
                type,
                of: course,
                payload: [JSONMember("courseId", course)] + payload,
                at: instant
            ),
            by: principal
        )
    }

    /// The statement that records that a course was made, or changed.
    func recording(_ change: CourseChange, of course: Course, by principal: Principal, at instant: Date) -> SQL {
        let slug = JSONMember("slug", text: course.slug.description)
        let status = JSONMember("status", text: course.status.rawValue)
        return switch change {
        case .created:
            recording(.courseCreated, of: course.id, [slug, status], by: principal, at: instant)
        case .status where course.status == .published:
            recording(
                .coursePublished,
                of: course.id,
                [slug] + (course.instructors.first.map { [JSONMember("instructorId", $0)] } ?? [])
                    + [JSONMember("publishedAt", course.publishedAt ?? instant)],
                by: principal,
                at: instant
            )
        case .content, .status, .staff, .curriculum:
            recording(
                .courseUpdated,
                of: course.id,
                [slug, status, JSONMember("change", text: change.rawValue)],
                by: principal,
                at: instant
            )
        }
    }

    /// The statement that records the same of several lessons, or modules, of a course.
    func recording<Part>(
        _ type: EventType,
        of parts: [Identifier<Part>],
        named member: CoursePart,
        in course: Course.ID,
        by principal: Principal,
        at instant: Date
    ) -> [SQL] {
        guard !parts.isEmpty else { return [] }
        let payload: SQL = "jsonb_build_object('courseId', \(course), \(member.rawValue), p.id)"
        let aggregate: SQL = "\(course)"
        let event = SQL.recordingEvent(type, of: aggregate, payload: payload, by: principal, at: instant)
        return [("SELECT count(\(event)) FROM unnest(\(parts)) AS p (id)" as SQL).announcing(.events)]
    }
}

/// What of a course changed, as its event says.
enum CourseChange: String {
    case created
    case content
    case status
    case staff
    case curriculum
}

/// What a member of a payload calls a part of a course.
enum CoursePart: String {
    case module = "moduleId"
    case lesson = "lessonId"
}
