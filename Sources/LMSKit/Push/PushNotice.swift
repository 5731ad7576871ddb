// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// What a push tells, on its way to every device of one person.
public struct PushNotice: Sendable {
    /// The same each time it is tried: a device that gets it twice shows it once.
    public let id: UUID
    /// One line, such as the name of a course.
    public let title: String
    /// What happened; cut where a service takes no more.
    public let body: String
    /// The page that a tap opens, `https://…` or a path.
    public let link: String?
    /// The language of the texts.
    public let language: Language
    /// How soon a sleeping device should be woken.
    public let urgency: PushUrgency
    /// From when on it is of no use.
    public let expiresAt: Date

    /// Describes a push.
    ///
    /// - Parameters:
    ///   - id: The same each time it is tried.
    ///   - title: One line.
    ///   - body: What happened.
    ///   - link: The page that a tap opens.
    ///   - language: The language of the texts.
    ///   - urgency: How soon a sleeping device should be woken.
    ///   - expiresAt: From when on it is of no use.
    public init(
        _ id: UUID,
        title: String,
        body: String,
        link: String? = nil,
        language: Language = .english,
        urgency: PushUrgency = .normal,
        expiresAt: Date
    ) {
        self.id = id
        self.title = title
        self.body = body
        self.link = link
        self.language = language
        self.urgency = urgency
        self.expiresAt = expiresAt
    }

    /// What one message replaces another by: 22 characters of base64url, of the 32 that RFC 8030 §5.4 allows.
    var topic: String { Base64URL.encode(id.bytes) }

    /// How long a service keeps it for a device that is off, in seconds; services keep nothing longer than four weeks.
    func lifetime(at now: Date) -> Int {
        min(max(0, Int(expiresAt.timeIntervalSince(now))), 2_419_200)
    }
}

/// How soon a sleeping device should be woken (RFC 8030 §5.3).
public enum PushUrgency: String, Sendable, Hashable, CaseIterable {
    /// When it is charged and on Wi-Fi.
    case veryLow = "very-low"
    /// When it is charged or on Wi-Fi.
    case low
    /// When it is on.
    case normal
    /// At once, also when the battery is low.
    case high
}
