// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Something that one user was told, worded for them.
public struct UserNotification: Sendable, Identifiable {
    /// The identifier.
    public typealias ID = Identifier<UserNotification>
    /// The identifier.
    public let id: ID
    /// Who was told.
    public let user: User.ID
    /// Its place among the user's: what was committed later has a higher one.
    public let position: Int
    /// What it is about.
    public let type: NotificationType
    /// How much it matters.
    public let priority: NotificationPriority
    /// The title and the message.
    public let text: NotificationText
    /// Where it leads: a path of the tenant's pages, or an `https` address.
    public let link: String?
    /// The course that it is about.
    public let course: Course.ID?
    /// Since when it is there, UTC.
    public let createdAt: Date
    /// Until when it is of use, UTC.
    public let expiresAt: Date
    /// When it was read, UTC.
    public let readAt: Date?

    /// Puts a notification together.
    package init(
        id: ID,
        user: User.ID,
        position: Int,
        type: NotificationType,
        priority: NotificationPriority,
        text: NotificationText,
        link: String?,
        course: Course.ID?,
        createdAt: Date,
        expiresAt: Date,
        readAt: Date?
    ) {
        self.id = id
        self.user = user
        self.position = position
        self.type = type
        self.priority = priority
        self.text = text
        self.link = link
        self.course = course
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.readAt = readAt
    }
}

extension UserNotification {
    /// Reads the columns of `notificationColumns`.
    init(row: Row, _ renderer: NotificationRenderer) throws(DatabaseError) {
        var fields = RowFields(row)
        id = try fields.next()
        user = try fields.next()
        position = try fields.next()
        type = try fields.next()
        priority = try fields.next()
        link = try fields.next()
        course = try fields.next()
        createdAt = try fields.next()
        expiresAt = try fields.next()
        readAt = try fields.next()
        let parameters: JSONText = try fields.next()
        let texts: JSONText? = try fields.next()
        if let texts, let chosen = renderer.choose(try texts.value) {
            text = chosen
        } else {
            text = renderer.render(type, try parameters.texts)
        }
    }
}

extension JSONText {
    /// The value, which the database guarantees to be one.
    var value: JSONValue {
        get throws(DatabaseError) {
            do {
                return try JSONValue.parse(bytes)
            } catch {
                throw .undecodable(column: "jsonb", expected: "JSON")
            }
        }
    }

    /// The members of an object that are texts.
    var texts: [String: String] {
        get throws(DatabaseError) {
            guard case .object(let members) = try value else { return [:] }
            return Dictionary(members.map { ($0.name, $0.value.text ?? "") }) { $1 }
        }
    }

    /// An object of texts.
    init(_ texts: [String: String]) {
        var json = JSONWriter()
        json.object { object in
            for (name, value) in texts.sorted(by: { $0.key < $1.key }) { object.field(named: name, value) }
        }
        self.init(json.bytes)
    }
}
