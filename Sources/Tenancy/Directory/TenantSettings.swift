// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a tenant's administrators chose; stored as one JSON object in the directory.
public struct TenantSettings: Sendable, Hashable {
    /// The language of its messages: `en`, `es` or `ar`.
    public var locale = "en"
    /// Whether anybody may register as a student.
    public var selfRegistration = true
    /// Whether the `password` grant of RFC 6749 is offered, which RFC 9700 forbids.
    public var passwordGrant = false
    /// The origins that browsers may call the API from.
    public var corsOrigins: [String] = []
    /// Whether migrations are tried on this tenant first.
    public var canary = false

    /// The settings of a new tenant.
    public init() {}
}

extension TenantSettings {
    /// Reads stored settings; what is missing has its default.
    ///
    /// - Parameter json: The stored object.
    public init(json: JSONValue) {
        if case .string(let value) = json["locale"] { locale = value }
        if case .bool(let value) = json["selfRegistration"] { selfRegistration = value }
        if case .bool(let value) = json["passwordGrant"] { passwordGrant = value }
        if case .bool(let value) = json["canary"] { canary = value }
        if case .array(let values) = json["corsOrigins"] {
            corsOrigins = values.compactMap { if case .string(let origin) = $0 { origin } else { nil } }
        }
    }
}

extension TenantSettings {
    /// The object as it is stored.
    var stored: JSONText {
        var json = JSONWriter()
        json.object { object in
            object.field("locale", locale)
            object.field("selfRegistration", selfRegistration)
            object.field("passwordGrant", passwordGrant)
            object.field("corsOrigins", corsOrigins)
            object.field("canary", canary)
        }
        return JSONText(json.bytes)
    }
}
