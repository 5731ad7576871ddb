// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
public import LMSTenancy

/// A notification on its way to one user by one channel, worded in their language.
public struct OutgoingNotification: Sendable {
    /// The delivery, which is the same each time it is tried.
    public let delivery: NotificationDelivery.ID
    /// What they are told.
    public let notification: UserNotification
    /// The language that it is worded in.
    public let language: Language
    /// Where it leads, as an address that is good anywhere; `nil` if nowhere.
    public let address: String?
    let email: Email?
    let name: String
    let phone: PhoneNumber?
}

/// A row of `selectDue`.
struct DueNotification: Sendable {
    let outgoing: OutgoingNotification
    /// Why it is not sent any more; `nil` if it is.
    let obstacle: NotificationDelivery.Reason?

    init(row: Row, at tenant: Tenant, _ links: AccountLinks, now: Date) throws(DatabaseError) {
        var fields = RowFields(row, from: 12)
        let delivery: NotificationDelivery.ID = try fields.next()
        let channel: NotificationChannel = try fields.next()
        let isActive: Bool = try fields.next()
        let email: String = try fields.next()
        let name: String = try fields.next()
        let locale: String? = try fields.next()
        let phone: PhoneNumber? = try fields.next()
        let isBouncing: Bool = try fields.next()
        let preference: Bool? = try fields.next()
        let isDeleted: Bool = try fields.next()
        let title: String? = try fields.next()
        let message: String? = try fields.next()
        let language = Language(rawValue: locale ?? tenant.settings.locale) ?? .english
        let voice = NotificationVoice(language: language, organization: tenant.name)
        var override: NotificationText?
        if let title, let message { override = NotificationText(title, message) }
        let renderer = NotificationRenderer(voice, of: try row["type"], override: override)
        let notification = try UserNotification(row: row, renderer)
        outgoing = OutgoingNotification(
            delivery: delivery,
            notification: notification,
            language: language,
            address: notification.link.map { links.address(of: $0, at: tenant) },
            email: Email(email),
            name: name,
            phone: phone
        )
        let isMandatory = notification.type.isSecurity && notification.type.defaultChannels.contains(channel)
        obstacle =
            if !isActive {
                .notActive
            } else if isDeleted {
                .deleted
            } else if notification.expiresAt <= now {
                .expired
            } else if preference == false, !isMandatory {
                .turnedOff
            } else if channel == .email, isBouncing {
                .bouncing
            } else if channel == .sms, preference != true {
                .notOptedIn
            } else if channel == .sms, phone == nil {
                .noPhone
            } else {
                nil
            }
    }
}
