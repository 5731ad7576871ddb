// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The words of a kind of notification; `{name}` stands for a parameter.
public struct NotificationText: Sendable, Hashable {
    /// What it is about: one line, 200 characters at most.
    public let title: String
    /// What it says, 1000 characters at most.
    public let message: String

    /// Puts both together.
    ///
    /// - Parameters:
    ///   - title: What it is about.
    ///   - message: What it says.
    public init(_ title: String, _ message: String) {
        self.title = title
        self.message = message
    }

    /// The most characters of a title.
    public static let titleLimit = 200
    /// The most characters of a message.
    public static let messageLimit = 1000
}

extension NotificationText {
    /// The text with its parameters in their places, no longer than a text may be.
    func filled(with values: [String: String]) -> NotificationText {
        NotificationText(
            title.filled(with: values).cut(to: Self.titleLimit),
            message.filled(with: values).cut(to: Self.messageLimit)
        )
    }

    /// The names in braces.
    var names: Set<String> { title.names.union(message.names) }

    /// Refuses what is no text of a type.
    func check(for type: NotificationType) throws(NotificationError) {
        try check()
        for name in names.sorted() where !type.knownParameters.contains(name) { throw .unknownParameter(name) }
    }

    /// Refuses what is no text at all.
    func check() throws(NotificationError) {
        guard (1...Self.titleLimit).contains(title.unicodeScalars.count),
            !title.unicodeScalars.contains(where: \.isControl)
        else { throw .invalidText(field: "title") }
        guard (1...Self.messageLimit).contains(message.unicodeScalars.count),
            !message.unicodeScalars.contains(where: { $0.isControl && $0 != "\n" })
        else { throw .invalidText(field: "message") }
    }
}

extension NotificationText {
    /// Reads `{"title": …, "message": …}`.
    init?(json: JSONValue?) {
        guard let title = json?["title"]?.text, let message = json?["message"]?.text else { return nil }
        self.init(title, message)
    }
}

extension String {
    /// The names in braces, as `filled` looks for them.
    fileprivate var names: Set<String> {
        var names: Set<String> = []
        var rest = self[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            names.insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return names
    }

    fileprivate func cut(to limit: Int) -> String {
        guard unicodeScalars.count > limit else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(limit - 1))) + "…"
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension NotificationType {
    /// The platform's words in a language.
    public func text(in language: Language) -> NotificationText {
        switch language {
        case .english: english
        case .spanish: spanish
        case .arabic: arabic
        }
    }
}
