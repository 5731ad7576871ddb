// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// The words of a kind of message; `{name}` stands for a parameter.
struct MailText: Sendable {
    let subject: String
    let paragraphs: [String]
    /// What the link is called.
    var action: String?
}

extension MailTemplate {
    /// The words of the message in a language.
    func words(in language: Language) -> MailText {
        switch language {
        case .english: english
        case .spanish: spanish
        case .arabic: arabic
        }
    }
}

/// A message in one language, ready to be sent.
struct RenderedMail: Sendable {
    let subject: String
    let text: String
    let html: String

    init(subject: String, text: String, html: String) {
        self.subject = subject
        self.text = text
        self.html = html
    }

    init(_ template: MailTemplate, _ letter: Letter, in language: Language, organization: String) {
        let words = template.words(in: language)
        var values = letter.parameters
        values["organization"] = organization
        let greeting = language.greeting(letter.name)
        let paragraphs = [greeting] + words.paragraphs.map { $0.filled(with: values) }
        let closing = organization
        subject = words.subject.filled(with: values)
        let link = letter.parameters["link"]
        text = (paragraphs + [link].compactMap(\.self) + [closing]).joined(separator: "\n\n") + "\n"
        html = Self.page(paragraphs, link: link, action: words.action, closing: closing, language)
    }

    private static func page(
        _ paragraphs: [String],
        link: String?,
        action: String?,
        closing: String,
        _ language: Language
    ) -> String {
        var body = paragraphs.map { "<p>\($0.escaped)</p>" }
        if let link, let action {
            body.append(#"<p><a href="\#(link.escaped)">\#(action.escaped)</a></p>"#)
            body.append("<p><small>\(link.escaped)</small></p>")
        }
        body.append("<p>\(closing.escaped)</p>")
        return page(body, in: language)
    }

    /// A page of paragraphs that are HTML already.
    static func page(_ body: [String], in language: Language) -> String {
        let direction = language == .arabic ? "rtl" : "ltr"
        return """
            <!doctype html>
            <html lang="\(language.rawValue)" dir="\(direction)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
            <body style="font-family:sans-serif;line-height:1.5;max-width:36em;margin:auto;padding:1em">
            \(body.joined(separator: "\n"))
            </body>
            </html>

            """
    }
}

extension Language {
    func greeting(_ name: String?) -> String {
        switch self {
        case .english: name.map { "Hello \($0)," } ?? "Hello,"
        case .spanish: name.map { "Hola, \($0):" } ?? "Hola:"
        case .arabic: name.map { "مرحبًا \($0)،" } ?? "مرحبًا،"
        }
    }
}

extension String {
    /// The text with each `{name}` replaced once, so that a value which looks like a parameter stays what it is.
    func filled(with values: [String: String]) -> String {
        var filled = ""
        var rest = self[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            filled += values[String(rest[rest.index(after: open)..<close])] ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }

    /// The text as it stands in HTML, also within quotes.
    ///
    /// By scalars: some marks make one character of themselves and the `<` behind them (Unicode UAX #29, GB9b), which no reader of mail does.
    var escaped: String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
