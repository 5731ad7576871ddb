// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct NotificationPolicyTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let user = User.ID(UUID())

    private func plans(
        _ type: NotificationType,
        _ recipient: (User.ID) -> NotificationRecipient,
        priority: NotificationPriority? = nil,
        channels: Set<NotificationChannel>? = nil
    ) -> [String] {
        var draft = NotificationDraft(type, because: "test", priority: priority)
        draft.channels = channels
        return NotificationPolicy.plans(for: draft, to: recipient(user), at: now).map { plan in
            [
                plan.channel.rawValue, plan.status.rawValue, plan.reason?.description,
                plan.dueAt == now ? nil : "later",
            ].compactMap(\.self).joined(separator: " ")
        }
    }

    @Test func `who chose nothing gets the type's channels`() {
        #expect(
            plans(.announcement) { NotificationRecipient(user: $0) } == [
                "in_app sent", "email pending", "push pending",
            ]
        )
        #expect(plans(.courseUpdate) { NotificationRecipient(user: $0) } == ["in_app sent"])
    }

    @Test func `a channel is turned off and on`() {
        let recipient = { NotificationRecipient(user: $0, enabled: [.email], disabled: [.inApp]) }
        #expect(plans(.courseUpdate, recipient) == ["in_app suppressed turned_off", "email pending"])
    }

    @Test func `a text message goes to who asked for it and has a number`() {
        let all = Set(NotificationChannel.allCases)
        func sms(_ recipient: (User.ID) -> NotificationRecipient) -> String? {
            plans(.announcement, recipient, channels: all).last
        }
        #expect(sms { NotificationRecipient(user: $0, hasPhone: true) } == "sms suppressed not_opted_in")
        #expect(sms { NotificationRecipient(user: $0, enabled: [.sms]) } == "sms suppressed no_phone")
        #expect(sms { NotificationRecipient(user: $0, hasPhone: true, enabled: [.sms]) } == "sms pending")
    }

    @Test func `who has no device gets no message on one`() {
        let recipient = { NotificationRecipient(user: $0, hasDevice: false) }
        #expect(plans(.message, recipient) == ["in_app sent", "push suppressed no_subscription"])
    }

    @Test func `mail to an address that it came back from is left out`() {
        let recipient = { NotificationRecipient(user: $0, bounces: true) }
        #expect(plans(.welcome, recipient) == ["in_app sent", "email suppressed bouncing"])
    }

    @Test func `quiet hours and digests hold back what does not press`() {
        let end = now.addingTimeInterval(3600)
        let quiet = { NotificationRecipient(user: $0, quietUntil: end) }
        #expect(plans(.welcome, quiet) == ["in_app sent", "email pending quiet_hours later"])
        #expect(plans(.welcome, quiet, priority: .urgent) == ["in_app sent", "email pending"])
        let digest = { NotificationRecipient(user: $0, quietUntil: end, digestAt: end) }
        #expect(
            plans(.message, digest, channels: [.email, .push]) == [
                "email pending digest later", "push pending quiet_hours later",
            ]
        )
    }

    @Test func `what guards an account is neither turned off nor held back`() {
        let end = now.addingTimeInterval(3600)
        let recipient = { NotificationRecipient(user: $0, disabled: [.inApp, .push], quietUntil: end, digestAt: end) }
        #expect(plans(.passwordChanged, recipient) == ["in_app sent", "push pending"])
    }

    @Test(arguments: NotificationType.allCases, Language.allCases)
    func `every text names only what its type has and is short enough`(type: NotificationType, language: Language)
        throws
    {
        try type.text(in: language).check(for: type)
        #expect(type.knownParameters.subtracting(["organization"]).allSatisfy { NotificationType.examples[$0] != nil })
    }

    @Test func `a text that names something else, or is none, is refused`() {
        #expect(throws: NotificationError.unknownParameter("password")) {
            try NotificationText("Hello", "Your {password}").check(for: .welcome)
        }
        #expect(throws: NotificationError.invalidText(field: "title")) {
            try NotificationText("Hello\r\nBcc: eve@example.org", "x").check(for: .welcome)
        }
        #expect(throws: NotificationError.invalidText(field: "message")) {
            try NotificationText("Hello", String(repeating: "x", count: 1_001)).check(for: .welcome)
        }
    }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "javascript:alert(1)", "http://example.org", "https:///x", "https://",
        "courses",
        "/a b", "/a\"onclick=x", "/a\nb", "data:text/html,x",
    ])
    func `attack: a link leads neither to a script nor to another host by a trick`(text: String) {
        #expect(NotificationLink(text) == nil)
    }

    @Test(arguments: ["/", "/courses/1?x=1#y", "https://example.org/x"])
    func `a path and an address are links`(text: String) {
        #expect(NotificationLink(text)?.description == text)
    }

    @Test(arguments: ["24:00", "7:00", "+1:00", "12:60", "12-00", "aa:bb", ""])
    func `what is no time of day is none`(text: String) {
        #expect(MinuteOfDay(text) == nil)
    }

    @Test func `a time of day is read and written`() {
        #expect(MinuteOfDay("07:05")?.minutes == 425)
        #expect(MinuteOfDay(425)?.description == "07:05")
    }
}
