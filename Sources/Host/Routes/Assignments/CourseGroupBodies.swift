// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// `/group-sets/{groupSetId}`.
struct GroupSetPath: PathParameters {
    let groupSetId: GroupSet.ID

    init(fields: inout FieldReader) {
        groupSetId = fields.required("groupSetId", .id())
    }
}

/// `/groups/{groupId}`.
struct CourseGroupPath: PathParameters {
    let groupId: CourseGroup.ID

    init(fields: inout FieldReader) {
        groupId = fields.required("groupId", .id())
    }
}

/// `POST /api/v1/courses/{courseId}/group-sets`, `PATCH /api/v1/group-sets/{groupSetId}`.
struct GroupSetRequest: RequestBody {
    let title: String

    init(fields: inout FieldReader) {
        title = fields.required("title", .text(1...200, example: "Laboratory"))
    }
}

/// `POST /api/v1/group-sets/{groupSetId}/groups`.
struct CourseGroupRequest: RequestBody {
    let name: String
    let members: [Principal.ID]

    init(fields: inout FieldReader) {
        name = fields.required("name", .text(1...100, example: "Group 3"))
        members = fields.optional("memberIds", .groupMembers, default: [])
    }
}

/// `PATCH /api/v1/groups/{groupId}`: what is absent stays.
struct CourseGroupUpdate: RequestBody {
    let changes: CourseGroupChanges

    init(fields: inout FieldReader) {
        var changes = CourseGroupChanges()
        changes.name = fields.change("name", .text(1...100, example: "Group 3"))
        changes.members = fields.change("memberIds", .groupMembers)
        self.changes = changes
    }
}

/// A set of groups.
struct GroupSetBody: ResponseBody {
    let set: GroupSet

    init(_ set: GroupSet) {
        self.set = set
    }

    static var example: GroupSetBody {
        GroupSetBody(
            GroupSet(id: .example, course: .example, title: "Laboratory", groupCount: 12, createdAt: .exampleTime)
        )
    }

    var etag: ETag { ETag(version: set.version, of: set.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", set.id)
            object.field("courseId", set.course)
            object.field("title", set.title)
            object.field("groupCount", set.groupCount)
            object.field("version", set.version)
            object.field("createdAt", set.createdAt)
        }
    }
}

/// A group with who is in it.
struct CourseGroupBody: ResponseBody {
    let group: CourseGroup

    init(_ group: CourseGroup) {
        self.group = group
    }

    static var example: CourseGroupBody {
        CourseGroupBody(
            CourseGroup(
                id: .example,
                set: .example,
                course: .example,
                name: "Group 3",
                members: [CourseGroup.Member(user: .example, displayName: "Ada Lovelace")],
                createdAt: .exampleTime
            )
        )
    }

    var etag: ETag { ETag(version: group.version, of: group.id, showing: self) }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", group.id)
            object.field("groupSetId", group.set)
            object.field("courseId", group.course)
            object.field("name", group.name)
            object.field("members", group.members.map(CourseGroupMemberBody.init))
            object.field("version", group.version)
            object.field("createdAt", group.createdAt)
        }
    }
}

/// Somebody who is in a group.
private struct CourseGroupMemberBody: JSONWritable {
    let member: CourseGroup.Member

    init(_ member: CourseGroup.Member) {
        self.member = member
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("userId", member.user)
            object.field("displayName", member.displayName)
        }
    }
}

extension FieldRule where Self == ListRule<IdentifierRule<Principal>> {
    fileprivate static var groupMembers: Self { .list(.id(Principal.self), 0...CourseGroup.memberLimit) }
}
