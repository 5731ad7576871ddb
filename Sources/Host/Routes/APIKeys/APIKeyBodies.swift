// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/api-keys/{apiKeyId}`.
struct APIKeyPath: PathParameters {
    let apiKeyId: APIKey.ID

    init(fields: inout FieldReader) {
        apiKeyId = fields.required("apiKeyId", .id())
    }
}

/// The query of `GET /api/v1/api-keys`.
struct APIKeyQuery: QueryParameters {
    let owner: User.ID?
    let account: ServiceAccount.ID?
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        owner = fields.optional("ownerId", .id())
        account = fields.optional("serviceAccountId", .id())
        if owner != nil, account != nil { fields.refuse("serviceAccountId", .repeated) }
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/api-keys`.
struct NewAPIKeyRequest: RequestBody {
    let name: String
    /// The service account that it acts as; `nil` for whoever asks.
    let account: ServiceAccount.ID?
    let scopes: Grants
    let days: Int

    init(fields: inout FieldReader) {
        account = fields.optional("serviceAccountId", .id())
        name = fields.required("name", .text(1...100, example: "Nightly report"))
        var scopes = Grants()
        for scope in fields.required("scopes", .list(.scope, 1...100)) { scopes.formUnion(scope) }
        self.scopes = scopes
        days = fields.optional("expiresInDays", .integer(1...APIKeys.longestDays), default: APIKeys.defaultDays)
    }
}

/// `POST /api/v1/api-keys/{apiKeyId}/rotate`.
struct APIKeyRotation: RequestBody {
    let days: Int

    init(fields: inout FieldReader) {
        days = fields.optional("expiresInDays", .integer(1...APIKeys.longestDays), default: APIKeys.defaultDays)
    }
}

/// A key without its secret.
struct APIKeyBody: ResponseBody {
    let key: APIKey

    init(_ key: APIKey) {
        self.key = key
    }

    static var example: APIKeyBody { APIKeyBody(.example(isUsed: true)) }
    static var variations: [APIKeyBody] {
        [APIKeyBody(.example(isUsed: false)), APIKeyBody(.example(isUsed: true, of: .service(.example)))]
    }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    func writeFields(to object: inout JSONWriter) {
        object.field("id", key.id)
        switch key.owner {
        case .user(let owner): object.field("ownerId", owner)
        case .service(let account): object.field("serviceAccountId", account)
        }
        object.field("ownerActive", key.isOwnerActive)
        object.field("name", key.name)
        object.field("scopes", key.scopes.scopeNames)
        object.field("hint", key.hint)
        object.field("createdAt", key.createdAt)
        object.field("rotatedAt", key.rotatedAt)
        object.field("expiresAt", key.expiresAt)
        object.field("lastUsedAt", key.lastUsedAt)
        object.field("revokedAt", key.revokedAt)
    }
}

/// A key with the secret that it just got.
struct IssuedAPIKeyBody: ResponseBody {
    let issued: IssuedAPIKey

    static var example: IssuedAPIKeyBody { made(isUsed: true) }
    static var variations: [IssuedAPIKeyBody] { [made(isUsed: false)] }

    private static func made(isUsed: Bool) -> IssuedAPIKeyBody {
        IssuedAPIKeyBody(issued: IssuedAPIKey(key: .example(isUsed: isUsed), secret: Secret("lms_Zk3r…")))
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            APIKeyBody(issued.key).writeFields(to: &object)
            object.field("key", issued.secret.reveal())
        }
    }
}

extension APIKey {
    fileprivate static func example(isUsed: Bool, of owner: Owner = .user(.example)) -> APIKey {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        return APIKey(
            id: .example,
            owner: owner,
            name: "Nightly report",
            scopes: Grants([.userRead: .own]),
            hint: "lms_Zk3r",
            createdAt: time,
            rotatedAt: isUsed ? time : nil,
            expiresAt: time.addingTimeInterval(7_776_000),
            lastUsedAt: isUsed ? time : nil,
            revokedAt: isUsed ? time : nil
        )
    }
}

extension FieldRule where Self == ParsedRule<Grants> {
    /// A permission with its reach.
    static var scope: ParsedRule<Grants> {
        .parsed(format: "scope", 3...80, example: "user:read:own", placeholder: Grants()) { Grants(scope: $0) }
    }
}
