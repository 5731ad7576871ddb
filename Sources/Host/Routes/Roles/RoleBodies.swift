// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/roles/{roleId}`.
struct RolePath: PathParameters {
    let roleId: Role.ID

    init(fields: inout FieldReader) {
        roleId = fields.required("roleId", .id())
    }
}

/// `POST /api/v1/roles`.
struct NewRoleRequest: RequestBody {
    let name: Role.Name
    let description: String
    let grants: Grants

    init(fields: inout FieldReader) {
        name = fields.required("name", .newRoleName)
        description = fields.optional("description", .text(0...500), default: "")
        grants = Grants(fields.required("permissions", .list(.object(GrantRequest.self), 1...100)))
    }
}

/// `PATCH /api/v1/roles/{roleId}`.
struct RoleUpdate: RequestBody {
    let description: Change<String>
    let grants: Change<Grants>

    init(fields: inout FieldReader) {
        description = fields.optional("description", .text(0...500)).map { .set($0) } ?? .keep
        grants =
            fields.optional("permissions", .list(.object(GrantRequest.self), 1...100)).map { .set(Grants($0)) } ?? .keep
    }
}

/// One permission of a role.
struct GrantRequest: FieldStructure {
    let permission: Permission
    let scope: PermissionScope

    init(fields: inout FieldReader) {
        permission = fields.required("permission", .permission)
        scope = fields.optional("scope", .choice(PermissionScope.own), default: .any)
    }
}

extension Grants {
    fileprivate init(_ requests: [GrantRequest]) {
        self.init(Dictionary(requests.map { ($0.permission, $0.scope) }) { max($0, $1) })
    }
}

/// One permission that is held.
struct GrantBody: JSONWritable {
    let permission: Permission
    let scope: PermissionScope

    static func list(of grants: Grants) -> [GrantBody] {
        grants.permissions.map { GrantBody(permission: $0, scope: grants.scope(of: $0) ?? .own) }
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("permission", permission.description)
            object.field("scope", scope.rawValue)
        }
    }
}

/// A role, built in or the tenant's own.
struct RoleBody: ResponseBody {
    /// `nil` for a built-in role.
    let id: Role.ID?
    let name: String
    let description: String
    let grants: Grants
    let createdAt: Date?
    let updatedAt: Date?

    init(_ role: Role) {
        id = role.id
        name = role.name.description
        description = role.description
        grants = role.grants
        createdAt = role.createdAt
        updatedAt = role.updatedAt
    }

    init(_ role: BuiltInRole) {
        id = nil
        name = role.rawValue
        description = ""
        grants = role.grants
        createdAt = nil
        updatedAt = nil
    }

    private init() {
        id = Role.ID(UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057))
        name = "course-auditor"
        description = "Reads every course"
        grants = Grants([.userRead: .any])
        createdAt = Date(timeIntervalSince1970: 1_800_000_000)
        updatedAt = createdAt
    }

    static var example: RoleBody { RoleBody() }
    static var variations: [RoleBody] { [RoleBody(.student)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("name", name)
            object.field("kind", id == nil ? "built_in" : "custom")
            object.field("description", description)
            object.field("permissions", GrantBody.list(of: grants))
            object.field("createdAt", createdAt)
            object.field("updatedAt", updatedAt)
        }
    }
}

extension FieldRule where Self == ParsedRule<Role.Name> {
    /// The name of a role that is to be made.
    static var newRoleName: ParsedRule<Role.Name> {
        .parsed(format: "role", 2...40, example: "course-auditor", placeholder: BuiltInRole.student.name) {
            Role.Name($0)
        }
    }
}

extension FieldRule where Self == ParsedRule<Permission> {
    /// A permission that exists.
    static var permission: ParsedRule<Permission> {
        .parsed(format: "permission", 3...80, example: "user:read", placeholder: .userRead) {
            Permission($0, among: Permission.known)
        }
    }
}
