// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension MarkupElement {
    /// Where a video is, and whose identifier it is if it is no address.
    var videoSource: (address: String, provider: String?)? {
        if let id = self["youtube_id_1_0"] { return (id, "youtube") }
        // `0.75:abc,1.00:def`: the speed and the identifier.
        if let list = self["youtube"] {
            let pairs = list.split(separator: ",").map { $0.split(separator: ":", maxSplits: 1) }
            let pair = pairs.first { $0.first == "1.00" || $0.first == "1.0" } ?? pairs.first
            if let pair, pair.count == 2 { return (String(pair[1]), "youtube") }
        }
        if let list = self["html5_sources"], case .array(let sources)? = try? JSONValue.parse(Array(list.utf8)),
            case .string(let address)? = sources.first, !address.isEmpty
        {
            return (address, nil)
        }
        if let address = elements.first(where: { $0.name == "source" })?["src"] { return (address, nil) }
        return self["edx_video_id"].map { ($0, "edx") }
    }

    /// What kind of answer a problem asks for, in OLX's words.
    var responseKind: String {
        var waiting = elements
        while !waiting.isEmpty {
            let element = waiting.removeFirst()
            if element.name.hasSuffix("response") { return String(element.name.prefix(100)) }
            waiting += element.elements
        }
        return "problem"
    }

    /// The content as HTML, in which only void elements may close themselves.
    var innerHTML: String {
        var html = ""
        for child in children { child.write(to: &html) }
        return html
    }
}

extension MarkupNode {
    fileprivate func write(to html: inout String) {
        switch self {
        case .text(let text): HTMLText.append(text.utf8, to: &html, keepingReferences: false)
        case .element(let element):
            html += "<\(element.name)"
            for attribute in element.attributes {
                html += " \(attribute.name)=\""
                HTMLText.append(attribute.value.utf8, to: &html, keepingReferences: false)
                html += "\""
            }
            html += ">"
            guard !HTMLPolicy.voidElements.contains(element.name) else { return }
            for child in element.children { child.write(to: &html) }
            html += "</\(element.name)>"
        }
    }
}
