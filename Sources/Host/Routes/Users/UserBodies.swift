// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

/// `/users/{userId}`.
struct UserPath: PathParameters {
    let userId: User.ID

    init(fields: inout FieldReader) {
        userId = fields.required("userId", .id())
    }
}

/// The query of `GET /api/v1/users`.
struct UserQuery: QueryParameters {
    let filter: UserFilter
    let limit: Int
    let cursor: String?
    let page: Int?
    let size: Int?

    init(fields: inout FieldReader) {
        filter = UserFilter(
            status: fields.optional("status", .choice(User.Status.active)),
            role: fields.optional("role", .roleName),
            search: fields.optional("search", .text(1...100)),
            email: fields.optional("email", .email)
        )
        limit = fields.optional("limit", .integer(1...100), default: 20)
        cursor = fields.optional("cursor", .text(1...2048))
        page = fields.optional("page", .integer(0...10_000))
        size = fields.optional("size", .integer(1...100))
    }
}

/// `POST /api/v1/users`.
struct NewUserRequest: RequestBody {
    let email: Email
    let password: Password?
    let displayName: String?
    let username: Username?
    let roles: [Role.Name]

    init(fields: inout FieldReader) {
        username = fields.optional("username", .username)
        email = fields.required("email", .email)
        password = fields.optional("password", .newPassword)
        displayName = fields.optional("displayName", .text(1...255, example: "Ada Lovelace"))
        roles = fields.optional("roles", .list(.roleName, 0...20)) ?? [BuiltInRole.student.name]
    }
}

/// `PATCH /api/v1/users/{userId}`.
struct ProfileUpdate: RequestBody {
    let changes: ProfileChanges

    init(fields: inout FieldReader) {
        var changes = ProfileChanges(
            displayName: fields.change("displayName", .text(1...255, example: "Ada Lovelace")),
            avatarURL: fields.clearableChange("avatarUrl", .secureAddress)
        )
        changes.username = fields.clearableChange("username", .username)
        changes.phone = fields.clearableChange("phone", .phone)
        switch fields.clearableChange("locale", .choice(Language.english)) {
        case .keep: break
        case .set(let language): changes.locale = .set(language?.rawValue)
        }
        changes.timeZone = fields.clearableChange("timeZone", .timeZone)
        changes.preferences = fields.change("preferences", .object(PreferencesBody.self)).mapped(\.preferences)
        self.changes = changes
    }
}

/// How somebody wants the platform to be: all of it, so that what is left out is no longer wished.
struct PreferencesBody: FieldStructure {
    let preferences: Preferences

    init(fields: inout FieldReader) {
        var preferences = Preferences()
        preferences.theme = fields.optional("theme", .choice(Preferences.Theme.system))
        preferences.reducedMotion = fields.optional("reducedMotion", .flag)
        preferences.captions = fields.optional("captions", .flag)
        preferences.playbackPercent = fields.optional("playbackPercent", .integer(25...400))
        preferences.weeklyDigest = fields.optional("weeklyDigest", .flag)
        self.preferences = preferences
    }
}

/// `PATCH /api/v1/users/{userId}/status`.
struct StatusUpdate: RequestBody {
    let status: Status

    enum Status: String, CaseIterable, Sendable {
        case active
        case suspended
    }

    init(fields: inout FieldReader) {
        status = fields.required("status", .choice(Status.active))
    }
}

/// `DELETE /api/v1/users/{userId}`: who leaves says their password once more.
struct DeactivationRequest: RequestBody {
    let password: Secret<String>?

    init(fields: inout FieldReader) {
        password = fields.optional("password", .typedPassword)
    }
}

/// `POST /api/v1/users/{userId}/roles`.
struct RoleGrant: RequestBody {
    let role: Role.Name

    init(fields: inout FieldReader) {
        role = fields.required("role", .roleName)
    }
}

/// `PUT /api/v1/users/{userId}/roles`.
struct RoleReplacement: RequestBody {
    let roles: [Role.Name]

    init(fields: inout FieldReader) {
        roles = fields.required("roles", .list(.roleName, 0...20))
    }
}

/// The query of `DELETE /api/v1/users/{userId}/roles`.
struct RoleQuery: QueryParameters {
    let role: Role.Name

    init(fields: inout FieldReader) {
        role = fields.required("role", .roleName)
    }
}

/// A user.
struct UserBody: ResponseBody {
    let id: User.ID
    private let user: Fields

    private struct Fields: Sendable {
        let email: String
        let displayName: String
        let avatarURL: String?
        let account: Account
        let roles: [String]
        let status: User.Status
        let createdAt: Date
        let updatedAt: Date
        let lastSignInAt: Date?
    }

    /// What somebody signs in with and chose for themselves.
    private struct Account: Sendable {
        let username: String?
        let phone: String?
        let phoneVerifiedAt: Date?
        let locale: String?
        let timeZone: String?
        let preferences: Preferences
        let emailVerifiedAt: Date?

        init(_ user: User) {
            username = user.username?.text
            phone = user.phone?.text
            phoneVerifiedAt = user.phoneVerifiedAt
            locale = user.locale
            timeZone = user.timeZone?.description
            preferences = user.preferences
            emailVerifiedAt = user.emailVerifiedAt
        }

        init(isWhole: Bool) {
            let time = Date(timeIntervalSince1970: 1_800_000_000)
            var preferences = Preferences()
            if isWhole {
                preferences.theme = .dark
                preferences.reducedMotion = false
                preferences.captions = true
                preferences.playbackPercent = 125
                preferences.weeklyDigest = true
            }
            username = isWhole ? Username.example.text : nil
            phone = isWhole ? PhoneNumber.example.text : nil
            phoneVerifiedAt = isWhole ? time : nil
            locale = isWhole ? "es" : nil
            timeZone = isWhole ? "Europe/Madrid" : nil
            self.preferences = preferences
            emailVerifiedAt = isWhole ? time : nil
        }
    }

    init(_ user: User) {
        id = user.id
        self.user = Fields(
            email: user.email.address,
            displayName: user.displayName,
            avatarURL: user.avatarURL,
            account: Account(user),
            roles: user.roles.map(\.description),
            status: user.status,
            createdAt: user.createdAt,
            updatedAt: user.updatedAt,
            lastSignInAt: user.lastSignInAt
        )
    }

    private init(avatarURL: String?, lastSignInAt: Date?) {
        let time = Date(timeIntervalSince1970: 1_800_000_000)
        id = User.ID(UUID(high: 0x0189_0A5D_AC96_774B, low: 0xBCCE_B302_099A_8057))
        user = Fields(
            email: Email.example.address,
            displayName: "Ada Lovelace",
            avatarURL: avatarURL,
            account: Account(isWhole: avatarURL != nil),
            roles: ["student"],
            status: .active,
            createdAt: time,
            updatedAt: time,
            lastSignInAt: lastSignInAt
        )
    }

    static var example: UserBody {
        UserBody(
            avatarURL: "https://cdn.example.org/ada.png",
            lastSignInAt: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }
    static var variations: [UserBody] { [UserBody(avatarURL: nil, lastSignInAt: nil)] }

    func write(to json: inout JSONWriter) {
        json.object { writeFields(to: &$0) }
    }

    /// Writes the members alone, for a body that has more.
    func writeFields(to object: inout JSONWriter) {
        object.field("id", id)
        object.field("email", user.email)
        object.field("displayName", user.displayName)
        object.field("avatarUrl", user.avatarURL)
        object.field("username", user.account.username)
        object.field("phone", user.account.phone)
        object.field("phoneVerifiedAt", user.account.phoneVerifiedAt)
        object.field("locale", user.account.locale)
        object.field("timeZone", user.account.timeZone)
        object.field("preferences", user.account.preferences)
        object.field("emailVerifiedAt", user.account.emailVerifiedAt)
        object.field("roles", user.roles)
        object.field("status", user.status.rawValue)
        object.field("createdAt", user.createdAt)
        object.field("updatedAt", user.updatedAt)
        object.field("lastSignInAt", user.lastSignInAt)
    }

    /// The tag of exactly this body.
    var etag: ETag {
        var json = JSONWriter()
        write(to: &json)
        return ETag(of: json.bytes)
    }
}

/// A page of users: by cursor, or by number with how many there are.
struct UserListBody: ResponseBody {
    let items: [UserBody]
    var nextCursor: String?
    var numbers: Numbers?

    struct Numbers: Sendable {
        let page: Int
        let size: Int
        let total: Int
        let totalPages: Int
    }

    static var example: UserListBody {
        UserListBody(
            items: [.example],
            nextCursor: "AYkKXayWd0u8…",
            numbers: Numbers(page: 0, size: 20, total: 1, totalPages: 1)
        )
    }
    static var variations: [UserListBody] { [UserListBody(items: UserBody.variations)] }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("items", items)
            if let nextCursor { object.field("nextCursor", nextCursor) }
            if let numbers {
                object.field("page", numbers.page)
                object.field("size", numbers.size)
                object.field("total", numbers.total)
                object.field("totalPages", numbers.totalPages)
            }
        }
    }
}

extension FieldRule where Self == ParsedRule<Role.Name> {
    /// The name of a role.
    static var roleName: ParsedRule<Role.Name> {
        .parsed(format: "role", 2...40, example: "student", placeholder: BuiltInRole.student.name) { Role.Name($0) }
    }
}

extension FieldRule where Self == ParsedRule<String> {
    /// An address that a browser may load without a warning.
    static var secureAddress: ParsedRule<String> {
        .parsed(format: "uri", 9...500, example: "https://cdn.example.org/ada.png", placeholder: "") { text in
            text.hasPrefix("https://") && !text.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "\"") })
                ? text : nil
        }
    }
}

extension FieldRule where Self == ParsedRule<Username> {
    /// A name to sign in with.
    static var username: ParsedRule<Username> {
        .parsed(format: "username", 3...30, example: Username.example.text, placeholder: .example) { Username($0) }
    }
}

extension FieldRule where Self == ParsedRule<PhoneNumber> {
    /// A telephone number in the form of E.164.
    static var phone: ParsedRule<PhoneNumber> {
        .parsed(format: "phone", 8...16, example: PhoneNumber.example.text, placeholder: .example) { PhoneNumber($0) }
    }
}

extension FieldRule where Self == ParsedRule<TimeZoneName> {
    /// The name of a time zone in the IANA database.
    static var timeZone: ParsedRule<TimeZoneName> {
        .parsed(format: "time-zone", 3...64, example: "Europe/Madrid", placeholder: .utc) { TimeZoneName($0) }
    }
}
