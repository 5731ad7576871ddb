// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// Something that people are to be told.
public struct NotificationDraft: Sendable {
    /// What it is about.
    public let type: NotificationType
    /// Names what happened, so that it tells everybody once; 200 characters at most.
    public let cause: String
    /// The values of the type's texts: short, and nothing that may not be stored.
    public var parameters: [String: String]
    /// Where it leads.
    public var link: NotificationLink?
    /// The course that it is about: the preferences for the course come before those for all.
    public var course: Course.ID?
    /// How much it matters; as much as its type does unless said.
    public var priority: NotificationPriority
    /// Until when it is of use; as long as its type is unless said.
    public var expiresAt: Date?
    /// The announcement that it is of.
    var announcement: Announcement.ID?
    /// The channels that whoever announces it chose; the type's if `nil`.
    var channels: Set<NotificationChannel>?

    /// Describes something to tell.
    ///
    /// - Parameters:
    ///   - type: What it is about.
    ///   - cause: Names what happened.
    ///   - parameters: The values of the type's texts.
    ///   - link: Where it leads.
    ///   - course: The course that it is about.
    ///   - priority: How much it matters.
    ///   - expiresAt: Until when it is of use.
    public init(
        _ type: NotificationType,
        because cause: String,
        _ parameters: [String: String] = [:],
        link: NotificationLink? = nil,
        course: Course.ID? = nil,
        priority: NotificationPriority? = nil,
        expiresAt: Date? = nil
    ) {
        self.type = type
        self.cause = cause
        self.parameters = parameters
        self.link = link
        self.course = course
        self.priority = priority ?? type.priority
        self.expiresAt = expiresAt
    }

    /// The parameters as they are stored: each cut to 255 characters.
    var stored: JSONText {
        JSONText(parameters.mapValues { String(String.UnicodeScalarView($0.unicodeScalars.prefix(255))) })
    }
}

/// Where a notification leads: a path of the tenant's own pages, or an `https` address.
public struct NotificationLink: Sendable, Hashable, CustomStringConvertible {
    /// The path or the address.
    public let description: String

    /// Names a page of the tenant's.
    ///
    /// - Parameter path: The path.
    init(path: String) {
        description = path
    }

    /// Parses a link.
    ///
    /// - Parameter text: The text as it came from outside, 500 characters at most.
    public init?(_ text: String) {
        let isPath = text.hasPrefix("/") && !text.hasPrefix("//")
        let host = text.dropFirst("https://".count).utf8.first
        let isAddress = text.hasPrefix("https://") && host.map { $0 != UInt8(ascii: "/") } ?? false
        // A backslash is a slash to browsers, so "/\evil.example" would be another host.
        let isClean = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#""<>\^`{|}"#.utf8.contains($0) }
        guard isPath || isAddress, isClean, text.utf8.count <= 500 else { return nil }
        description = text
    }

    /// The tenant's first page.
    package static let home = NotificationLink(path: "/")

    /// The page of a course.
    public static func course(_ id: Course.ID) -> NotificationLink { NotificationLink(path: "/courses/\(id)") }
}
