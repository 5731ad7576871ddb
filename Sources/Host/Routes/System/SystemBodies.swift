// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// `GET /api/v1/health`.
struct HealthBody: ResponseBody {
    let version: String

    static var example: HealthBody { HealthBody(version: "1.0.0") }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("status", "up")
            object.field("version", version)
        }
    }
}

/// `GET /api/v1/ready`.
struct ReadinessBody: ResponseBody {
    let components: [ComponentCheck]

    static var example: ReadinessBody {
        ReadinessBody(components: [ComponentCheck(name: "cell:main", state: .up, detail: "15 ms")])
    }
    static var variations: [ReadinessBody] {
        [ReadinessBody(components: [ComponentCheck(name: "migrations", state: .degraded, detail: nil)])]
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("status", components.allSatisfy { $0.state != .down } ? "up" : "down")
            object.field("components", components)
        }
    }
}

extension ComponentCheck: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("name", name)
            object.field("status", state.rawValue)
            if let detail { object.field("detail", detail) }
        }
    }
}

/// `GET /api/v1/tenant`.
struct TenantBody: ResponseBody {
    let slug: String
    let name: String
    let locale: String
    let selfRegistration: Bool

    init(_ tenant: Tenant) {
        self.init(
            slug: tenant.slug.description,
            name: tenant.name,
            locale: tenant.settings.locale,
            selfRegistration: tenant.settings.selfRegistration
        )
    }

    private init(slug: String, name: String, locale: String, selfRegistration: Bool) {
        self.slug = slug
        self.name = name
        self.locale = locale
        self.selfRegistration = selfRegistration
    }

    static var example: TenantBody {
        TenantBody(slug: "acme", name: "Acme Academy", locale: "en", selfRegistration: true)
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("slug", slug)
            object.field("name", name)
            object.field("locale", locale)
            object.field("selfRegistration", selfRegistration)
        }
    }
}
