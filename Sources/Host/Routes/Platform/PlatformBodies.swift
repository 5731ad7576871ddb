// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/platform/tenants/{tenantId}`.
struct PlatformTenantPath: PathParameters {
    let tenantId: TenantID

    init(fields: inout FieldReader) {
        tenantId = TenantID(fields.required("tenantId", .id(Tenant.self)).uuid)
    }
}

/// `/platform/tenants/{tenantId}/impersonations/{impersonationId}`.
struct PlatformImpersonationPath: PathParameters {
    let tenantId: TenantID
    let impersonationId: Impersonation.ID

    init(fields: inout FieldReader) {
        tenantId = TenantID(fields.required("tenantId", .id(Tenant.self)).uuid)
        impersonationId = fields.required("impersonationId", .id())
    }
}

/// `POST /api/v1/platform/auth/login`.
struct OperatorLogin: RequestBody {
    let email: String
    let password: Secret<String>
    let code: String

    init(fields: inout FieldReader) {
        email = fields.required("email", .text(3...254, example: "operator@example.org"))
        password = Secret(fields.required("password", .text(1...512, example: "correct horse")))
        code = fields.required("code", .text(6...6, example: "123456"))
    }
}

/// The query of `GET /api/v1/platform/tenants`.
struct PlatformTenantQuery: QueryParameters {
    let status: Tenant.Status?
    let search: String?
    let limit: Int
    let after: TenantSlug?

    init(fields: inout FieldReader) {
        status = fields.optional("status", .choice(PlatformTenantStatus.active))?.status
        search = fields.optional("search", .text(1...100))
        limit = fields.optional("limit", .integer(1...99), default: 20)
        after = fields.optional("cursor", .tenantSlug)
    }
}

/// The states of a tenant, as a query names them.
enum PlatformTenantStatus: String, CaseIterable, Sendable {
    case active, suspended, deleted

    var status: Tenant.Status {
        switch self {
        case .active: .active
        case .suspended: .suspended
        case .deleted: .deleted
        }
    }
}

/// The query of `GET /api/v1/platform/audit`.
struct PlatformAuditQuery: QueryParameters {
    let limit: Int
    let after: PlatformAuditEvent.ID?

    init(fields: inout FieldReader) {
        limit = fields.optional("limit", .integer(1...100), default: 50)
        after = fields.optional("cursor", .eventCursor)
    }
}

/// `POST /api/v1/platform/tenants`.
struct NewTenantRequest: RequestBody {
    let slug: TenantSlug
    let name: String
    /// Makes a repeated call return the tenant of the first.
    let requestKey: String?

    init(fields: inout FieldReader) {
        slug = fields.required("slug", .tenantSlug)
        name = fields.required("name", .text(1...200, example: "Acme Academy"))
        requestKey = fields.optional("requestKey", .text(8...100))
    }
}

/// `POST /api/v1/platform/tenants/{tenantId}/impersonations`.
struct ImpersonationRequest: RequestBody {
    let request: Impersonations.Request

    init(fields: inout FieldReader) {
        request = Impersonations.Request(
            user: fields.required("userId", .id()),
            reason: fields.required("reason", .text(10...500, example: "Ticket 4711: the learner sees no lessons")),
            minutes: fields.optional("minutes", .integer(1...Impersonations.longest), default: 15),
            access: fields.optional("access", .choice(Impersonation.Access.read), default: .read)
        )
    }
}

/// An operator and their session.
struct OperatorSessionBody: ResponseBody {
    let session: OperatorSession
    /// Only where it was just made.
    let token: Secret<String>?

    init(_ session: OperatorSession, token: Secret<String>?) {
        self.session = session
        self.token = token
    }

    static var example: OperatorSessionBody {
        let someone = Operator(id: .example, email: .example, name: "Support, first line", role: .support)
        let end = Date(timeIntervalSince1970: 1_800_000_000)
        return OperatorSessionBody(
            OperatorSession(id: .example, operator: someone, expiresAt: end),
            token: Secret("lmso_kN0hT2…")
        )
    }
    static var variations: [OperatorSessionBody] { [OperatorSessionBody(example.session, token: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("operatorId", session.operator.id)
            object.field("email", session.operator.email.address)
            object.field("name", session.operator.name)
            object.field("role", session.operator.role.rawValue)
            object.field("permissions", session.operator.role.permissions.map(\.rawValue).sorted())
            object.field("expiresAt", session.expiresAt)
            if let token { object.field("accessToken", token.reveal()) }
        }
    }
}

/// A tenant as operators see it: nothing of what is in it.
struct PlatformTenantBody: ResponseBody {
    let id: String
    let slug: String
    let name: String
    let status: String
    let domains: [String]
    let allowsImpersonation: Bool
    let createdAt: Date

    init(_ tenant: Tenant) {
        id = tenant.id.description
        slug = tenant.slug.description
        name = tenant.name
        status = tenant.status.rawValue
        domains = tenant.domains
        allowsImpersonation = tenant.settings.impersonation
        createdAt = tenant.createdAt
    }

    private init() {
        id = "01890a5d-ac96-774b-bcce-b302099a8057"
        slug = "acme"
        name = "Acme Academy"
        status = "active"
        domains = ["learn.example.org"]
        allowsImpersonation = false
        createdAt = Date(timeIntervalSince1970: 1_800_000_000)
    }

    static var example: PlatformTenantBody { PlatformTenantBody() }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("slug", slug)
            object.field("name", name)
            object.field("status", status)
            object.field("domains", domains)
            object.field("allowsImpersonation", allowsImpersonation)
            object.field("createdAt", createdAt)
        }
    }
}

/// Something that was done on the platform.
struct PlatformAuditBody: ResponseBody {
    let event: PlatformAuditEvent

    init(_ event: PlatformAuditEvent) {
        self.event = event
    }

    static var example: PlatformAuditBody {
        PlatformAuditBody(
            PlatformAuditEvent(
                id: .example,
                occurredAt: Date(timeIntervalSince1970: 1_800_000_000),
                operator: .example,
                action: "tenant.suspended",
                object: Operator.ID.example.uuid,
                tenant: TenantID(Operator.ID.example.uuid),
                outcome: "succeeded",
                address: "192.0.2.1"
            )
        )
    }
    static var variations: [PlatformAuditBody] {
        let it = example.event
        return [
            PlatformAuditBody(
                PlatformAuditEvent(
                    id: it.id,
                    occurredAt: it.occurredAt,
                    operator: nil,
                    action: it.action,
                    object: nil,
                    tenant: nil,
                    outcome: it.outcome,
                    address: nil
                )
            )
        ]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", event.id)
            object.field("occurredAt", event.occurredAt)
            object.field("operatorId", event.operator)
            object.field("action", event.action)
            object.field("objectId", event.object)
            object.field("tenantId", event.tenant)
            object.field("outcome", event.outcome)
            object.field("address", event.address)
        }
    }
}

/// An impersonation that has begun, and the token for it, which is shown once.
struct BegunImpersonationBody: ResponseBody {
    let impersonation: ImpersonationBody
    let token: Secret<String>
    let seconds: Int

    init(_ impersonation: Impersonation, token: Secret<String>, seconds: Int) {
        self.impersonation = ImpersonationBody(impersonation)
        self.token = token
        self.seconds = seconds
    }

    static var example: BegunImpersonationBody {
        BegunImpersonationBody(
            ImpersonationBody.variations[0].impersonation,
            token: Secret("eyJhbGciOiJFZERTQSIs…"),
            seconds: 900
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("impersonation", impersonation)
            object.field("accessToken", token.reveal())
            object.field("tokenType", "Bearer")
            object.field("expiresIn", seconds)
        }
    }
}

extension FieldRule where Self == ParsedRule<TenantSlug> {
    /// The subdomain of a tenant.
    fileprivate static var tenantSlug: ParsedRule<TenantSlug> {
        .parsed(format: "hostname", 2...40, example: "acme", placeholder: .example) { TenantSlug($0) }
    }
}

extension FieldRule where Self == ParsedRule<PlatformAuditEvent.ID> {
    /// The event that a page of the audit log ends with.
    fileprivate static var eventCursor: ParsedRule<PlatformAuditEvent.ID> {
        .parsed(format: "uuid", 36...36, example: PlatformAuditEvent.ID.example.description, placeholder: .example) {
            PlatformAuditEvent.ID($0)
        }
    }
}
