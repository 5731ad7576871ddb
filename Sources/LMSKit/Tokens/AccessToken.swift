// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a verified access token says (RFC 9068).
public struct AccessToken: Sendable, Hashable {
    /// The token's identifier (`jti`).
    public let identifier: UUID
    /// Who it is for (`sub`).
    public let user: User.ID
    /// Whose it is (`tid`).
    public let tenant: TenantID
    /// The sign-in that it came of (`sid`).
    public let session: SignInSession.ID
    /// The platform operator who acts as the user (`act`, RFC 8693 §4.1), if one does; `sid` is then the impersonation.
    public let actor: Principal.ID?
    /// The names of the roles that the user had when it was made; what they may do is read anew.
    public let roles: [String]
    /// The user's epoch when it was made (`epoch`).
    let epoch: Int
    /// How the user showed who they are (`amr`, RFC 8176).
    public let methods: [AuthenticationMethod]
    /// When they showed it last, in UTC, to the second (`auth_time`).
    public let authenticatedAt: Date
    /// When it was made, in UTC, to the second (`iat`).
    public let issuedAt: Date
    /// Until when it is good, in UTC, to the second (`exp`).
    public let expiresAt: Date
}

extension AccessToken {
    /// The longest that a token lives.
    static let lifetime: TimeInterval = 900
    /// The longest that a token lives by which an operator acts as somebody; it cannot be refreshed.
    static let impersonationLifetime: TimeInterval = 3_600
    /// How far clocks of several nodes may differ.
    static let leeway: TimeInterval = 60

    /// A student's, for the reference.
    package static var example: AccessToken {
        let issued = Date(timeIntervalSince1970: 1_800_000_000)
        let id = UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057)
        return AccessToken(
            identifier: id,
            user: User.ID(id),
            tenant: TenantID(id),
            session: SignInSession.ID(id),
            actor: nil,
            roles: ["student"],
            epoch: 0,
            methods: [.password],
            authenticatedAt: issued,
            issuedAt: issued,
            expiresAt: issued.addingTimeInterval(lifetime)
        )
    }

    /// Who makes tokens for a tenant (`iss`).
    static func issuer(_ tenant: TenantID) -> String { "urn:lms:tenant:\(tenant)" }
    /// Where they are good (`aud`).
    static func audience(_ tenant: TenantID) -> String { "urn:lms:tenant:\(tenant):api" }
}

extension AccessToken: TokenClaims {
    var claims: [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.field("iss", AccessToken.issuer(tenant))
            object.field("aud", AccessToken.audience(tenant))
            object.field("sub", user)
            object.field("tid", tenant)
            object.field("sid", session)
            object.field("jti", identifier)
            if let actor { object.field("act", object: { $0.field("sub", actor) }) }
            object.field("roles", roles)
            object.field("epoch", epoch)
            object.field("amr", methods.map(\.rawValue))
            object.field("auth_time", Int(authenticatedAt.timeIntervalSince1970))
            object.field("iat", Int(issuedAt.timeIntervalSince1970))
            object.field("exp", Int(expiresAt.timeIntervalSince1970))
        }
        return json.bytes
    }

    init?(claims json: JSONValue) {
        // A program's token has a kind, and is none of a person.
        guard json["kind"] == nil, let tenant = json["tid"]?.text.flatMap({ TenantID($0) }),
            json["iss"]?.text == AccessToken.issuer(tenant), json["aud"]?.text == AccessToken.audience(tenant),
            let user = json["sub"]?.text.flatMap({ User.ID($0) }),
            let session = json["sid"]?.text.flatMap({ SignInSession.ID($0) }),
            let identifier = json["jti"]?.text.flatMap({ UUID(canonical: $0) }),
            case .array(let roles) = json["roles"],
            let epoch = json["epoch"]?.integer, let issued = json["iat"]?.integer, let expires = json["exp"]?.integer
        else { return nil }
        if let act = json["act"] {
            // An actor that cannot be read is not the same as none.
            guard let actor = act["sub"]?.text.flatMap({ Principal.ID($0) }) else { return nil }
            self.actor = actor
        } else {
            actor = nil
        }
        self.tenant = tenant
        self.user = user
        self.session = session
        self.identifier = identifier
        self.roles = roles.compactMap(\.text)
        self.epoch = epoch
        // Tokens from before these were written are good until they are over.
        if case .array(let methods) = json["amr"] {
            self.methods = methods.compactMap { $0.text.flatMap(AuthenticationMethod.init(rawValue:)) }
        } else {
            methods = []
        }
        authenticatedAt = Date(timeIntervalSince1970: Double(json["auth_time"]?.integer ?? issued))
        issuedAt = Date(timeIntervalSince1970: Double(issued))
        expiresAt = Date(timeIntervalSince1970: Double(expires))
    }
}
