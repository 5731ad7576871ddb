// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// In which language somebody is told things, and in whose name.
public struct NotificationVoice: Sendable {
    /// The language.
    public let language: Language
    /// The organization's name.
    public let organization: String

    /// Describes a voice.
    ///
    /// - Parameters:
    ///   - language: The language.
    ///   - organization: The organization's name.
    public init(language: Language, organization: String) {
        self.language = language
        self.organization = organization
    }
}

/// Words what is stored of notifications.
struct NotificationRenderer: Sendable {
    let voice: NotificationVoice
    /// What the tenant says in place of the platform's words.
    let overrides: [NotificationType: NotificationText]

    /// Reads the rows of `selectNotificationTexts`.
    init(_ voice: NotificationVoice, overrides rows: Rows) throws(DatabaseError) {
        self.voice = voice
        var overrides: [NotificationType: NotificationText] = [:]
        for row in rows {
            let type: NotificationType = try row[0]
            overrides[type] = NotificationText(try row[1], try row[2])
        }
        self.overrides = overrides
    }

    /// Has at most the override of the type that it is to word.
    init(_ voice: NotificationVoice, of type: NotificationType, override: NotificationText?) {
        self.voice = voice
        overrides = override.map { [type: $0] } ?? [:]
    }

    func render(_ type: NotificationType, _ parameters: [String: String]) -> NotificationText {
        var values = parameters
        values["organization"] = voice.organization
        return (overrides[type] ?? type.text(in: voice.language)).filled(with: values)
    }

    /// Chooses among the texts of an announcement, which stand as they were written.
    func choose(_ texts: JSONValue) -> NotificationText? {
        let languages = [voice.language] + Language.allCases
        return languages.lazy.compactMap { NotificationText(json: texts[$0.rawValue]) }.first
    }
}
