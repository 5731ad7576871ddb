// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/invitations/{invitationId}`.
struct InvitationPath: PathParameters {
    let invitationId: Invitation.ID

    init(fields: inout FieldReader) {
        invitationId = fields.required("invitationId", .id())
    }
}

/// The query of the list.
struct InvitationQuery: QueryParameters {
    let limit: PageLimit
    let cursor: String?

    init(fields: inout FieldReader) {
        limit = PageLimit(fields.optional("limit", .integer(1...100), default: 20))
        cursor = fields.optional("cursor", .text(1...2048))
    }
}

/// `POST /api/v1/invitations`.
struct InvitationRequest: RequestBody {
    let invitation: NewInvitation

    init(fields: inout FieldReader) {
        invitation = NewInvitation(
            email: fields.required("email", .email),
            displayName: fields.optional("displayName", .text(1...255, example: "Ada Lovelace")),
            roles: fields.optional("roles", .list(.roleName, 1...20), default: [])
        )
    }
}

/// `POST /api/v1/auth/accept-invitation`.
struct InvitationAcceptance: RequestBody {
    let token: Secret<String>
    let password: Password
    let displayName: String?

    init(fields: inout FieldReader) {
        token = fields.required("token", .mailedToken)
        password = fields.required("password", .newPassword)
        displayName = fields.optional("displayName", .text(1...255, example: "Ada Lovelace"))
        // Whoever comes is what the invitation says.
        fields.ignored("role")
    }
}

/// An invitation, without its token.
struct InvitationBody: ResponseBody {
    private let id: Invitation.ID
    private let email: String
    private let displayName: String?
    private let roles: [String]
    private let state: Invitation.State
    private let invitedBy: User.ID?
    private let timesSent: Int
    private let createdAt: Date
    private let expiresAt: Date
    private let acceptedAt: Date?

    init(_ invitation: Invitation, at now: Date) {
        id = invitation.id
        email = invitation.email.address
        displayName = invitation.displayName
        roles = invitation.roles.map(\.description)
        state = invitation.state(at: now)
        invitedBy = invitation.invitedBy
        timesSent = invitation.timesSent
        createdAt = invitation.createdAt
        expiresAt = invitation.expiresAt
        acceptedAt = invitation.acceptedAt
    }

    private init(isWhole: Bool) {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        id = Invitation.ID(UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057))
        email = Email.example.address
        displayName = isWhole ? "Ada Lovelace" : nil
        roles = ["instructor"]
        state = isWhole ? .accepted : .open
        invitedBy = isWhole ? UserBody.example.id : nil
        timesSent = 1
        createdAt = time
        expiresAt = time
        acceptedAt = isWhole ? time : nil
    }

    static var example: InvitationBody { InvitationBody(isWhole: true) }
    static var variations: [InvitationBody] { [InvitationBody(isWhole: false)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("id", id)
            object.field("email", email)
            object.field("displayName", displayName)
            object.field("roles", roles)
            object.field("state", state.rawValue)
            object.field("invitedBy", invitedBy)
            object.field("timesSent", timesSent)
            object.field("createdAt", createdAt)
            object.field("expiresAt", expiresAt)
            object.field("acceptedAt", acceptedAt)
        }
    }
}
