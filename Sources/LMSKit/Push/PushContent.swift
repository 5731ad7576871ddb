// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// The JSON that a page's service worker or an app gets, cut to a number of bytes.
struct PushContent: Sendable {
    let notice: PushNotice
    /// The body, perhaps shorter than the notice's.
    private(set) var body: String
    private(set) var title: String

    /// Fits the texts of a notice into what a service takes.
    ///
    /// - Parameters:
    ///   - notice: The notice.
    ///   - limit: How many bytes `write` may give.
    ///   - write: Writes the whole message.
    init(_ notice: PushNotice, limit: Int, _ write: (PushContent) -> [UInt8]) {
        self.notice = notice
        title = String(notice.title.prefix(200))
        body = String(notice.body.prefix(4_000))
        // Each turn cuts what is too much, and at least an eighth: escapes make a character longer than it looks.
        while !body.isEmpty {
            let excess = write(self).count - limit
            guard excess > 0 else { return }
            let kept = body.utf8.count - max(excess, body.utf8.count / 8) - Self.ellipsis.utf8.count
            body = Self.cut(body, to: max(0, kept))
        }
        if write(self).count > limit { title = Self.cut(title, to: 40) }
    }

    private static let ellipsis = "…"

    /// The longest start of whole characters within so many bytes.
    private static func cut(_ text: String, to count: Int) -> String {
        var kept = 0
        var end = text.startIndex
        for index in text.indices {
            kept += text[index].utf8.count
            guard kept <= count else { break }
            end = text.index(after: index)
        }
        return end == text.startIndex ? "" : text[..<end] + ellipsis
    }

    /// What a service worker gets: enough to show a notification and to open a page.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object { object in
            object.field("id", notice.id.lowercaseText)
            object.field("title", title)
            object.field("body", body)
            object.field("url", notice.link)
            object.field("tag", notice.topic)
            object.field("lang", notice.language.rawValue)
            object.field("dir", notice.language == .arabic ? "rtl" : "ltr")
        }
        return json.bytes
    }
}
