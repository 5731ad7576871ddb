// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a verified access token of a program says (RFC 9068).
///
/// It is another kind than a person's `AccessToken`: each has claims that the other must not have, so that neither passes as the
/// other.
public struct ServiceToken: Sendable, Hashable {
    /// The token's identifier (`jti`).
    public let identifier: UUID
    /// Whose it is (`sub` and `client_id`).
    public let account: ServiceAccount.ID
    /// The tenant (`tid`).
    public let tenant: TenantID
    /// What it may do at most (`scope`); what the account may do is read anew.
    public let scopes: Grants
    /// The account's epoch when it was made (`epoch`).
    let epoch: Int
    /// When it was made, in UTC, to the second (`iat`).
    public let issuedAt: Date
    /// Until when it is good, in UTC, to the second (`exp`).
    public let expiresAt: Date

    /// Who made it (`iss`).
    public var issuer: String { AccessToken.issuer(tenant) }
    /// Where it is good (`aud`).
    public var audience: String { AccessToken.audience(tenant) }
}

extension ServiceToken {
    /// The longest that a token lives, in seconds.
    static let lifetime: TimeInterval = 600
    /// What `kind` says; a person's token has no such claim.
    static let kind = "service"
}

extension ServiceToken: TokenClaims {
    var claims: [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.field("iss", issuer)
            object.field("aud", audience)
            object.field("kind", ServiceToken.kind)
            object.field("sub", account)
            object.field("client_id", account)
            object.field("tid", tenant)
            object.field("jti", identifier)
            object.field("scope", scopes.stored.joined(separator: " "))
            object.field("epoch", epoch)
            object.field("iat", Int(issuedAt.timeIntervalSince1970))
            object.field("exp", Int(expiresAt.timeIntervalSince1970))
        }
        return json.bytes
    }

    init?(claims json: JSONValue) {
        guard json["kind"]?.text == ServiceToken.kind, json["sid"] == nil, json["act"] == nil,
            let tenant = json["tid"]?.text.flatMap({ TenantID($0) }),
            json["iss"]?.text == AccessToken.issuer(tenant), json["aud"]?.text == AccessToken.audience(tenant),
            let subject = json["sub"]?.text, json["client_id"]?.text == subject,
            let account = ServiceAccount.ID(subject),
            let identifier = json["jti"]?.text.flatMap({ UUID(canonical: $0) }),
            let scope = json["scope"]?.text,
            let epoch = json["epoch"]?.integer, let issued = json["iat"]?.integer, let expires = json["exp"]?.integer
        else { return nil }
        self.tenant = tenant
        self.account = account
        self.identifier = identifier
        scopes = Grants(stored: scope.split(separator: " ").map(String.init))
        self.epoch = epoch
        issuedAt = Date(timeIntervalSince1970: Double(issued))
        expiresAt = Date(timeIntervalSince1970: Double(expires))
    }
}
