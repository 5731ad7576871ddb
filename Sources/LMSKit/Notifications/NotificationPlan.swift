// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// What is known of somebody who is to be told something.
struct NotificationRecipient: Sendable {
    let user: User.ID
    let email: String
    let hasPhone: Bool
    /// Whether a device of theirs takes messages.
    let hasDevice: Bool
    let bounces: Bool
    /// The channels that they turned on for the type, in the course or everywhere.
    let enabled: [NotificationChannel]
    let disabled: [NotificationChannel]
    /// Until when they want to be left alone.
    let quietUntil: Date?
    /// When their mail is summed up next; `nil` if it is not.
    let digestAt: Date?

    /// Reads the columns of `selectRecipients`.
    init(row: Row) throws(DatabaseError) {
        var fields = RowFields(row)
        user = try fields.next()
        email = try fields.next()
        hasPhone = try fields.next()
        hasDevice = try fields.next()
        bounces = try fields.next()
        enabled = try fields.next()
        disabled = try fields.next()
        quietUntil = try fields.next()
        digestAt = try fields.next()
    }

    init(
        user: User.ID,
        email: String = "",
        hasPhone: Bool = false,
        hasDevice: Bool = true,
        bounces: Bool = false,
        enabled: [NotificationChannel] = [],
        disabled: [NotificationChannel] = [],
        quietUntil: Date? = nil,
        digestAt: Date? = nil
    ) {
        self.user = user
        self.email = email
        self.hasPhone = hasPhone
        self.hasDevice = hasDevice
        self.bounces = bounces
        self.enabled = enabled
        self.disabled = disabled
        self.quietUntil = quietUntil
        self.digestAt = digestAt
    }
}

/// How a notification goes out to somebody by one channel.
struct NotificationPlan: Sendable, Hashable {
    let channel: NotificationChannel
    let status: NotificationDelivery.Status
    let reason: NotificationDelivery.Reason?
    let dueAt: Date
}

/// The rules of who is told by which channel and when; no I/O.
enum NotificationPolicy {
    /// Plans every channel that the type or the user wants, and those that were left out with the reason.
    static func plans(
        for draft: NotificationDraft,
        to recipient: NotificationRecipient,
        at now: Date
    ) -> [NotificationPlan] {
        let wanted = (draft.channels ?? draft.type.defaultChannels).union(
            draft.channels == nil ? recipient.enabled : []
        )
        return NotificationChannel.allCases.filter(wanted.contains).map { channel in
            plan(channel, for: draft, to: recipient, at: now)
        }
    }

    private static func plan(
        _ channel: NotificationChannel,
        for draft: NotificationDraft,
        to recipient: NotificationRecipient,
        at now: Date
    ) -> NotificationPlan {
        func suppressed(_ reason: NotificationDelivery.Reason) -> NotificationPlan {
            NotificationPlan(channel: channel, status: .suppressed, reason: reason, dueAt: now)
        }
        let isMandatory = draft.type.isSecurity && draft.type.defaultChannels.contains(channel)
        if !isMandatory, recipient.disabled.contains(channel) { return suppressed(.turnedOff) }
        switch channel {
        case .inApp: return NotificationPlan(channel: channel, status: .sent, reason: nil, dueAt: now)
        case .email: if recipient.bounces { return suppressed(.bouncing) }
        case .sms:
            guard recipient.enabled.contains(.sms) else { return suppressed(.notOptedIn) }
            guard recipient.hasPhone else { return suppressed(.noPhone) }
        case .push: guard recipient.hasDevice else { return suppressed(.noSubscription) }
        }
        let isPressing = draft.type.isSecurity || draft.priority == .urgent
        if channel == .email, !isPressing, let digestAt = recipient.digestAt {
            return NotificationPlan(channel: channel, status: .pending, reason: .digest, dueAt: digestAt)
        }
        if !isPressing, let quietUntil = recipient.quietUntil {
            return NotificationPlan(channel: channel, status: .pending, reason: .quietHours, dueAt: quietUntil)
        }
        return NotificationPlan(channel: channel, status: .pending, reason: nil, dueAt: now)
    }
}
