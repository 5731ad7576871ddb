// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
public import LMSTenancy

/// The words of a type in one language: the platform's, or the tenant's in their place.
public struct NotificationTemplate: Sendable {
    /// The type.
    public let type: NotificationType
    /// The language.
    public let language: Language
    /// What is said.
    public let text: NotificationText
    /// When the tenant chose it, UTC; `nil` if it is the platform's.
    public let changedAt: Date?

    /// Describes a template.
    package init(type: NotificationType, language: Language, text: NotificationText, changedAt: Date?) {
        self.type = type
        self.language = language
        self.text = text
        self.changedAt = changedAt
    }
}

extension Notifications {
    /// Lists the words of every type in every language.
    ///
    /// - Parameter reader: Who reads in which tenant.
    /// - Returns: The templates, by type and language.
    /// - Throws: `NotificationError.forbidden` without `notification:template`; `.database`.
    public func templates(reader: TenantReader) async throws(NotificationError) -> [NotificationTemplate] {
        guard reader.principal.may(.notificationTemplate, on: .foreign) else { throw .forbidden }
        return try await NotificationError.translating {
            var own: [String: NotificationTemplate] = [:]
            for row in try await reader.read(.selectTemplates()) {
                let template = try NotificationTemplate(row: row)
                own["\(template.type) \(template.language)"] = template
            }
            return NotificationType.allCases.flatMap { type in
                Language.allCases.map { language in
                    own["\(type) \(language)"]
                        ?? NotificationTemplate(
                            type: type,
                            language: language,
                            text: type.text(in: language),
                            changedAt: nil
                        )
                }
            }
        }
    }

    /// Puts the tenant's words in the place of the platform's.
    ///
    /// - Parameters:
    ///   - text: The words.
    ///   - type: The type.
    ///   - language: The language.
    ///   - session: The tenant's open transaction.
    /// - Returns: The template.
    /// - Throws: `NotificationError.forbidden` without `notification:template`; `.unknownParameter`; `.invalidText`; `.database`.
    public func setTemplate(
        _ text: NotificationText,
        of type: NotificationType,
        in language: Language,
        session: borrowing TenantSession
    ) async throws(NotificationError) -> NotificationTemplate {
        guard session.principal.may(.notificationTemplate, on: .foreign) else { throw .forbidden }
        try text.check(for: type)
        return try await NotificationError.translating {
            let rows = try await session.batch([
                .putTemplate(text, of: type, in: language, at: clock.now()),
                audit.recording(AuditEvent("notification.template_changed"), by: session.principal),
            ])
            guard let row = rows[0].only else { throw NotificationError.database(.connectionLost) }
            return try NotificationTemplate(row: row)
        }
    }

    /// Goes back to the platform's words; doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - language: The language.
    ///   - session: The tenant's open transaction.
    /// - Throws: `NotificationError.forbidden` without `notification:template`; `.database`.
    public func resetTemplate(
        of type: NotificationType,
        in language: Language,
        session: borrowing TenantSession
    ) async throws(NotificationError) {
        guard session.principal.may(.notificationTemplate, on: .foreign) else { throw .forbidden }
        try await NotificationError.translating {
            guard try await session.execute(.deleteTemplate(of: type, in: language)).affected > 0 else { return }
            let event = AuditEvent("notification.template_reset")
            try await session.execute(audit.recording(event, by: session.principal))
        }
    }

    /// Shows how words would look, with an example in the place of each parameter.
    ///
    /// - Parameters:
    ///   - text: The words.
    ///   - type: The type.
    ///   - voice: In which language, and in whose name.
    ///   - principal: Who asks.
    /// - Returns: The words with their parameters filled in.
    /// - Throws: `NotificationError.forbidden` without `notification:template`; `.unknownParameter`; `.invalidText`.
    public func preview(
        _ text: NotificationText,
        of type: NotificationType,
        in voice: NotificationVoice,
        as principal: Principal
    ) throws(NotificationError) -> NotificationText {
        guard principal.may(.notificationTemplate, on: .foreign) else { throw .forbidden }
        try text.check(for: type)
        var values = ["organization": voice.organization]
        for name in type.knownParameters where name != "organization" { values[name] = NotificationType.examples[name] }
        return text.filled(with: values)
    }
}

extension NotificationType {
    /// What stands for each parameter in a preview.
    static let examples = [
        "course": "Algebra", "lesson": "Linear equations", "assignment": "Sheet 3", "due": "2026-03-31",
        "learner": "Ada Lovelace",
        "score": "87 %", "quiz": "Fractions", "amount": "12.50 USD", "number": "AC-2026-0042", "date": "2026-04-01",
        "days": "7", "sender": "Ada Lovelace", "achievement": "Seven days in a row",
        "address": "https://example.org/hook",
        "device": "Firefox", "item": "Oral examination",
    ]
}

extension NotificationTemplate {
    init(row: Row) throws(DatabaseError) {
        let locale: String = try row["locale"]
        self.init(
            type: try row["type"],
            language: Language(rawValue: locale) ?? .english,
            text: NotificationText(try row["title"], try row["message"]),
            changedAt: try row["updated_at"]
        )
    }
}

extension SQL {
    fileprivate static func selectTemplates() -> SQL {
        """
        SELECT type, locale, title, message, updated_at FROM notification_templates
        WHERE type = ANY(\(NotificationType.names))
        """
    }

    fileprivate static func putTemplate(
        _ text: NotificationText,
        of type: NotificationType,
        in language: Language,
        at instant: Date
    ) -> SQL {
        """
        INSERT INTO notification_templates (type, locale, title, message, updated_at)
        VALUES (\(type), \(language.rawValue), \(text.title), \(text.message), \(instant))
        ON CONFLICT ON CONSTRAINT notification_templates_type_locale_key DO UPDATE
        SET title = excluded.title, message = excluded.message, updated_at = excluded.updated_at
        RETURNING type, locale, title, message, updated_at
        """
    }

    fileprivate static func deleteTemplate(of type: NotificationType, in language: Language) -> SQL {
        "DELETE FROM notification_templates WHERE type = \(type) AND locale = \(language.rawValue)"
    }
}
