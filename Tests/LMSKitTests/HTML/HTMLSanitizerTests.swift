// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import LMSKit
import Testing

@Suite struct HTMLSanitizerTests {
    let sanitizer = HTMLSanitizer()

    @Test(arguments: HTMLVectors.all)
    func `an attack leaves only allowed markup and sanitizing again changes nothing`(vector: String) throws {
        let once = sanitizer.sanitize(vector)
        try StrictMarkup.check(once)
        #expect(sanitizer.sanitize(once) == once)
    }

    @Test func `the corpus is large and each attack holds in the middle of a text too`() throws {
        #expect(Set(HTMLVectors.all).count >= 100)
        for vector in HTMLVectors.all {
            let once = sanitizer.sanitize("<ul><li><b>before " + vector + " after</b></ul>")
            try StrictMarkup.check(once)
            #expect(sanitizer.sanitize(once) == once, "\(vector)")
        }
    }

    @Test func `random pieces of markup never leave anything else`() throws {
        let pieces = [
            "<", ">", "/", "\"", "'", "=", "&", ";", "#", " ", "\n", "\0", "a", "script", "style", "p", "li", "table",
            "td", "tr",
            "svg", "math", "<!--", "-->", "<b", "</b>", "<p>", "</p>", "<a href=", "javascript:", "&#60", "&lt;",
            "&amp", "title",
            "textarea", "</table>", "<table>", "<td>", "<a>", "<template>", "</script>", "<script>", "سلام", "e\u{301}",
            "\u{FEFF}",
        ]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            let count = Int.random(in: 1...25, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let once = sanitizer.sanitize(text)
            try StrictMarkup.check(once)
            #expect(sanitizer.sanitize(once) == once, "\(text.debugDescription)")
        }
    }

    @Test(arguments: [
        ("<p>سلام <b>عليكم</b> ورحمة الله</p>", "<p>سلام <b>عليكم</b> ورحمة الله</p>"),
        ("<p>日本語 😀 e\u{301}</p>", "<p>日本語 😀 e\u{301}</p>"),
        ("a &amp; b &lt; c &nbsp; &eacute; &reg;", "a &amp; b &lt; c &nbsp; &eacute; &reg;"),
        ("1 < 2 && 3 > 2", "1 &lt; 2 &amp;&amp; 3 &gt; 2"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>"),
        ("<h2 id=x class=y>Title</h2>", "<h2>Title</h2>"),
        ("<script>x</script>kept<style>y</style>", "kept"),
        ("<button onclick=f()>Press</button>", "Press"),
        (
            "<a href='https://example.org/?a=1&amp;b=2'>x</a>",
            "<a href=\"https://example.org/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\">x</a>"
        ),
        (
            "<a href=\"mailto:a@example.org\">x</a>",
            "<a href=\"mailto:a@example.org\" rel=\"noopener noreferrer nofollow\">x</a>"
        ),
        (
            "<img src=\"/static/a b.png\" alt='\"q\"' width=10 height=50%>",
            "<img src=\"/static/a b.png\" alt=\"&quot;q&quot;\" width=\"10\" height=\"50%\">"
        ),
        ("<a href=javascript:1>text stays</a>", "<a>text stays</a>"),
        ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
        ("<svg><title>x</title></svg>after", "after"),
        ("no markup", "no markup"), ("", ""),
    ])
    func `what an author may write stays`(html: String, expected: String) {
        #expect(sanitizer.sanitize(html) == expected)
        #expect(sanitizer.sanitize(expected) == expected)
    }

    @Test func `addresses are rewritten before they are checked`() {
        let rewriting = HTMLSanitizer { $0 == "/static/a.png" ? "/files/1" : $0 == "/bad" ? "javascript:1" : nil }
        let rewritten = rewriting.sanitize("<img src='/static/a.png'><img src='/b.png'>")
        #expect(rewritten == "<img src=\"/files/1\"><img src=\"/b.png\">")
        #expect(rewriting.sanitize("<a href='/bad'>x</a>") == "<a>x</a>")
    }

    @Test func `deep and long input is bounded and stays text`() throws {
        let nested = String(repeating: "<div>", count: 50_000) + "core" + String(repeating: "</div>", count: 10)
        let deep = sanitizer.sanitize(nested)
        try StrictMarkup.check(deep)
        #expect(deep.contains("core"))
        #expect(deep.utf8.count < 2_000)
        #expect(sanitizer.sanitize(deep) == deep)
        let long = sanitizer.sanitize(String(repeating: "<b>", count: HTMLSanitizer.sizeLimit / 3 + 1))
        #expect(!long.contains("<"))
        let attributes = sanitizer.sanitize("<p " + (0..<50_000).map { "a\($0)=1" }.joined(separator: " ") + ">x")
        #expect(attributes == "<p>x</p>")
    }

    @Test func `the text of markup has neither tags nor references`() {
        let text = HTMLSanitizer.text(of: "<p>One &amp; two</p><script>x</script><p>th<b>re</b>e</p>")
        #expect(text == "One & two three")
    }
}

/// Checks that markup is in the narrow grammar that the sanitizer may write; it shares no code with it.
enum StrictMarkup {
    struct Violation: Error { let text: String }

    static let forbidden: Set<String> = [
        "script", "style", "svg", "math", "template", "noscript", "iframe", "object", "embed", "textarea", "title",
        "xmp",
        "noembed", "noframes", "plaintext", "select", "form", "input", "button", "base", "link", "meta", "body",
        "html", "x",
    ]

    static func check(_ html: String) throws {
        let scalars = Array(html.unicodeScalars)
        var index = 0
        var open: [String] = []
        while index < scalars.count {
            switch scalars[index] {
            case "<":
                guard let end = scalars[index...].firstIndex(of: ">") else { throw Violation(text: html) }
                try tag(String(String.UnicodeScalarView(scalars[(index + 1)..<end])), &open)
                index = end + 1
            case ">": throw Violation(text: "bare > in \(html)")
            case let scalar where scalar.value < 0x20 && scalar != "\n" && scalar != "\t":
                throw Violation(text: "control in \(html)")
            default: index += 1
            }
        }
        guard open.isEmpty else { throw Violation(text: "unclosed \(open) in \(html)") }
    }

    static func tag(_ text: String, _ open: inout [String]) throws {
        if text.hasPrefix("/") {
            guard open.popLast() == String(text.dropFirst()) else { throw Violation(text: "</\(text)>") }
            return
        }
        guard let match = text.wholeMatch(of: /([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)/) else {
            throw Violation(text: text)
        }
        let name = String(match.1)
        guard !forbidden.contains(name), !name.contains("-") else { throw Violation(text: text) }
        if !["br", "col", "hr", "img", "source", "track", "wbr"].contains(name) { open.append(name) }
        for attribute in match.2.matches(of: /\ ([a-z-]+)="([^"]*)"/) {
            let (key, value) = (String(attribute.1), String(attribute.2))
            guard !key.hasPrefix("on"), !value.contains("<"),
                !["style", "id", "name", "class", "srcdoc", "action"].contains(key)
            else { throw Violation(text: text) }
            if ["href", "src", "cite", "poster"].contains(key), let colon = value.firstIndex(of: ":"),
                !value[..<colon].contains("/"), !value[..<colon].contains("?"), !value[..<colon].contains("#")
            {
                guard ["http", "https", "mailto", "tel"].contains(value[..<colon]) else {
                    throw Violation(text: text)
                }
            }
            if ["href", "src"].contains(key), value.contains("&#") || value.contains("&colon;") {
                throw Violation(text: text)
            }
        }
    }
}
