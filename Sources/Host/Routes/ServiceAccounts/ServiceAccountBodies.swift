// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/service-accounts/{serviceAccountId}`.
struct ServiceAccountPath: PathParameters {
    let serviceAccountId: ServiceAccount.ID

    init(fields: inout FieldReader) {
        serviceAccountId = fields.required("serviceAccountId", .id())
    }
}

/// The query of `GET /api/v1/service-accounts`.
struct ServiceAccountQuery: QueryParameters {
    let isOwnerActive: Bool?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        isOwnerActive = fields.optional("ownerActive", .flag)
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/service-accounts`.
struct NewServiceAccountRequest: RequestBody {
    let account: NewServiceAccount

    init(fields: inout FieldReader) {
        let name = fields.required("name", .text(1...100, example: "Student information system"))
        let description = fields.optional("description", .text(0...500), default: "")
        let rights = ServiceAccount.Rights(fields: &fields)
        if rights == nil { fields.refuse("role", .required) }
        account = NewServiceAccount(
            name,
            description: description,
            rights: rights ?? .permissions(Grants()),
            owner: fields.optional("ownerId", .id()),
            days: fields.optional(
                "expiresInDays",
                .integer(1...ServiceAccounts.longestDays),
                default: ServiceAccounts.defaultDays
            )
        )
    }
}

/// `PATCH /api/v1/service-accounts/{serviceAccountId}`.
struct ServiceAccountUpdate: RequestBody {
    let changes: ServiceAccountChanges

    init(fields: inout FieldReader) {
        var changes = ServiceAccountChanges()
        if let name = fields.optional("name", .text(1...100, example: "Student information system")) {
            changes.name = .set(name)
        }
        if let description = fields.optional("description", .text(0...500)) { changes.description = .set(description) }
        if let rights = ServiceAccount.Rights(fields: &fields) { changes.rights = .set(rights) }
        if let owner = fields.optional("ownerId", .id(Principal.self)) { changes.owner = .set(owner) }
        if let status = fields.optional("status", .choice(ServiceAccount.Status.active)) {
            changes.status = .set(status)
        }
        self.changes = changes
    }
}

extension ServiceAccount.Rights {
    /// Reads a role or a list of permissions; `nil` without either.
    fileprivate init?(fields: inout FieldReader) {
        let role = fields.optional("role", .roleName)
        let permissions = fields.optional("permissions", .list(.scope, 1...100))
        if role != nil, permissions != nil { fields.refuse("permissions", .repeated) }
        if let role {
            self = .role(role)
        } else if let permissions {
            var grants = Grants()
            for permission in permissions { grants.formUnion(permission) }
            self = .permissions(grants)
        } else {
            return nil
        }
    }
}

/// `POST /api/v1/service-accounts/{serviceAccountId}/rotate`.
struct ServiceAccountRotation: RequestBody {
    let days: Int
    /// Whether the secrets before and all tokens are over at once.
    let isImmediate: Bool

    init(fields: inout FieldReader) {
        days = fields.optional(
            "expiresInDays",
            .integer(1...ServiceAccounts.longestDays),
            default: ServiceAccounts.defaultDays
        )
        isImmediate = fields.optional("immediately", .flag, default: false)
    }
}

/// An account without its secret.
struct ServiceAccountBody: ResponseBody {
    let account: ServiceAccount

    init(_ account: ServiceAccount) {
        self.account = account
    }

    static var example: ServiceAccountBody { ServiceAccountBody(.example(isUsed: true)) }
    static var variations: [ServiceAccountBody] { [ServiceAccountBody(.example(isUsed: false))] }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    func writeFields(to object: inout JSONWriter) {
        object.field("id", account.id)
        object.field("name", account.name)
        object.field("description", account.description)
        object.field("ownerId", account.owner)
        object.field("ownerActive", account.isOwnerActive)
        if case .role(let role) = account.rights { object.field("role", role.description) }
        object.field("permissions", account.grants.scopeNames)
        object.field("status", account.status.rawValue)
        object.field("hint", account.hint)
        object.field("createdAt", account.createdAt)
        object.field("updatedAt", account.updatedAt)
        object.field("rotatedAt", account.rotatedAt)
        object.field("expiresAt", account.expiresAt)
        object.field("lastUsedAt", account.lastUsedAt)
    }
}

/// An account with the secret that it just got.
struct IssuedServiceAccountBody: ResponseBody {
    let issued: IssuedServiceAccount

    static var example: IssuedServiceAccountBody { made(isUsed: true) }
    static var variations: [IssuedServiceAccountBody] { [made(isUsed: false)] }

    private static func made(isUsed: Bool) -> IssuedServiceAccountBody {
        IssuedServiceAccountBody(
            issued: IssuedServiceAccount(account: .example(isUsed: isUsed), secret: Secret("lmc_Zk3r…"))
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            ServiceAccountBody(issued.account).writeFields(to: &object)
            object.field("clientId", issued.account.id)
            object.field("clientSecret", issued.secret.reveal())
        }
    }
}

extension ServiceAccount {
    fileprivate static func example(isUsed: Bool) -> ServiceAccount {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        let grants = Grants([.userRead: .any])
        return ServiceAccount(
            id: .example,
            name: "Student information system",
            description: "Brings enrollments in every night",
            owner: isUsed ? .example : nil,
            isOwnerActive: isUsed,
            rights: isUsed ? .permissions(grants) : .role(BuiltInRole.auditor.name),
            grants: isUsed ? grants : BuiltInRole.auditor.grants,
            status: .active,
            version: 1,
            hint: "lmc_Zk3r",
            createdAt: time,
            updatedAt: time,
            rotatedAt: isUsed ? time : nil,
            expiresAt: time.addingTimeInterval(7_776_000),
            lastUsedAt: isUsed ? time : nil
        )
    }
}
