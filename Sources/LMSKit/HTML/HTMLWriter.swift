// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Writes allowed elements, keeps track of which are open, and closes them.
struct HTMLWriter {
    private let rewrite: @Sendable (String) -> String?
    private var output = ""
    private var open: [String] = []

    init(rewrite: @escaping @Sendable (String) -> String?) {
        self.rewrite = rewrite
    }

    mutating func text(_ text: String) {
        HTMLText.append(HTMLText.decodeNumbers(text).utf8, to: &output, keepingReferences: true)
    }

    mutating func start(_ name: String, _ attributes: [(name: String, value: String)]) {
        guard HTMLPolicy.elements.contains(name) else { return }
        if HTMLPolicy.tableParts.contains(name), !open.contains("table") { return }
        closeWhat(name)
        guard open.count < HTMLSanitizer.depthLimit else { return }
        output += "<"
        output += name
        write(attributes, of: name)
        output += ">"
        if !HTMLPolicy.voidElements.contains(name) { open.append(name) }
    }

    mutating func end(_ name: String) {
        guard HTMLPolicy.elements.contains(name), !HTMLPolicy.voidElements.contains(name) else { return }
        // An end tag does not reach out of the table cell it is in, unless it ends the table's own parts.
        let isPart = HTMLPolicy.tableParts.contains(name) || name == "table"
        let boundary: Set<String> = isPart ? (name == "table" ? [] : ["table"]) : ["td", "th", "caption", "table"]
        for index in open.indices.reversed() {
            if open[index] == name { return close(to: index) }
            if boundary.contains(open[index]) { return }
        }
    }

    mutating func finish() -> String {
        close(to: 0)
        return output
    }

    private mutating func closeWhat(_ name: String) {
        let (ended, boundary) = HTMLPolicy.endedBy(name)
        var outermost: Int?
        for index in open.indices.reversed() {
            if boundary.contains(open[index]) { break }
            if ended.contains(open[index]) { outermost = index }
        }
        if let outermost { close(to: outermost) }
    }

    private mutating func close(to depth: Int) {
        while open.count > depth, let name = open.popLast() { output += "</\(name)>" }
    }

    private mutating func write(_ attributes: [(name: String, value: String)], of element: String) {
        var isLink = false
        for (name, value) in attributes {
            guard HTMLPolicy.globalAttributes.contains(name) || HTMLPolicy.attributes[element]?.contains(name) == true
            else { continue }
            if HTMLPolicy.flags.contains(name) {
                output += " \(name)=\"\""
            } else if HTMLPolicy.addresses.contains(name) {
                let address = HTMLText.decode(value)
                guard
                    let safe = HTMLAddress.allowed(
                        rewrite(address) ?? address,
                        isLink: name == "href" || name == "cite"
                    )
                else { continue }
                isLink = isLink || name == "href"
                write(name, safe, keepingReferences: false)
            } else if HTMLPolicy.numbers.contains(name) {
                let digits = value.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "-") }
                if digits, (1...6).contains(value.utf8.count) { write(name, value, keepingReferences: false) }
            } else {
                write(name, HTMLText.decodeNumbers(value), keepingReferences: true)
            }
        }
        // The page that is linked to must neither reach back into this one nor learn its address.
        if element == "a", isLink { output += " rel=\"noopener noreferrer nofollow\"" }
    }

    private mutating func write(_ name: String, _ value: String, keepingReferences: Bool) {
        output += " \(name)=\""
        HTMLText.append(value.utf8, to: &output, keepingReferences: keepingReferences)
        output += "\""
    }
}
