// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What sanitized markup may hold; everything that is not named here is removed.
enum HTMLPolicy {
    /// Elements that are kept.
    static let elements: Set<String> = [
        "a", "abbr", "address", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite",
        "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
        "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark",
        "nav", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "source", "span", "strong",
        "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "track", "u", "ul",
        "var", "video", "wbr",
    ]

    /// Elements without content or end tag.
    static let voidElements: Set<String> = ["br", "col", "hr", "img", "source", "track", "wbr"]

    /// Elements that go with all they hold, and whose content is text up to their end tag (HTML §13.2.5).
    static let droppedText: Set<String> = [
        "iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp",
    ]

    /// Elements that go with all they hold, and whose content is markup.
    static let droppedMarkup: Set<String> = [
        "applet", "canvas", "datalist", "math", "object", "select", "svg", "template",
    ]

    /// Attributes that any element may have.
    static let globalAttributes: Set<String> = ["aria-label", "dir", "lang", "title"]

    /// Further attributes by element.
    static let attributes: [String: Set<String>] = [
        "a": ["href"],
        "abbr": [],
        "audio": ["src", "controls", "loop"],
        "blockquote": ["cite"],
        "col": ["span"],
        "colgroup": ["span"],
        "del": ["cite", "datetime"],
        "details": ["open"],
        "img": ["src", "alt", "width", "height"],
        "ins": ["cite", "datetime"],
        "li": ["value"],
        "ol": ["start", "reversed", "type"],
        "q": ["cite"],
        "source": ["src", "type"],
        "td": ["colspan", "rowspan"],
        "th": ["colspan", "rowspan", "scope"],
        "time": ["datetime"],
        "track": ["src", "kind", "srclang", "label"],
        "video": ["src", "poster", "controls", "loop", "width", "height"],
    ]

    /// Attributes that hold an address.
    static let addresses: Set<String> = ["href", "src", "cite", "poster"]

    /// Attributes that hold a number or a percentage.
    static let numbers: Set<String> = ["colspan", "rowspan", "span", "start", "value", "width", "height"]

    /// Attributes that have no value.
    static let flags: Set<String> = ["controls", "loop", "open", "reversed"]

    /// Elements that end an open paragraph.
    static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "details", "div", "dl", "figcaption", "figure", "footer", "h1",
        "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
        "ul",
    ]

    /// Parts of a table, which mean nothing outside one.
    static let tableParts: Set<String> = ["caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr"]

    /// Which open elements a start tag ends, and which open element it does not look beyond.
    static func endedBy(_ name: String) -> (ended: Set<String>, boundary: Set<String>) {
        switch name {
        case "li": (["li"], ["ul", "ol", "td", "th"])
        case "dt", "dd": (["dt", "dd"], ["dl", "td", "th"])
        case "td", "th": (["td", "th", "caption", "colgroup"], ["table"])
        case "tr": (["tr", "td", "th", "caption", "colgroup"], ["table"])
        case "tbody", "thead", "tfoot", "colgroup", "caption":
            (["tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup"], ["table"])
        case "a": (["a"], ["td", "th", "caption"])
        case "rt", "rp": (["rt", "rp"], ["ruby"])
        default: blocks.contains(name) ? (["p"], ["td", "th", "caption", "table"]) : ([], [])
        }
    }
}
