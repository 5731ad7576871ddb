// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Reads a well-formed XML 1.0 document without a document type.
///
/// It knows the five predefined entities and no way to declare others, so there is nothing to expand and nothing to
/// fetch: a DOCTYPE is refused. FoundationXML is not used because it brings libxml2 into every embedding program.
package struct XMLReader {
    /// The deepest nesting that is read.
    static let depthLimit = 100
    /// The most elements in a document.
    static let elementLimit = 100_000
    var scanner: ByteScanner
    private var open: [MarkupElement] = []
    private var root: MarkupElement?
    private var elements = 0

    private init(_ bytes: [UInt8]) {
        scanner = ByteScanner(bytes)
    }

    /// Reads a document.
    ///
    /// - Parameter bytes: UTF-8, with or without a byte order mark.
    /// - Returns: The document.
    /// - Throws: `MarkupError` with the line and what is wrong there.
    package static func read(_ bytes: [UInt8]) throws(MarkupError) -> MarkupDocument {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw MarkupError(line: 1, reason: "is not UTF-8")
        }
        // XML 1.0 §2.2 has no control characters, and PostgreSQL stores no NUL.
        guard !bytes.contains(where: { $0 < 0x20 && !$0.isXMLSpace }) else {
            throw MarkupError(line: 1, reason: "holds control characters")
        }
        var reader = XMLReader(bytes)
        let root = try reader.document()
        return MarkupDocument(root: root, bytes: bytes)
    }

    private mutating func document() throws(MarkupError) -> MarkupElement {
        _ = scanner.skip("\u{FEFF}")
        if scanner.starts(with: "<?xml") { try declaration() }
        while !scanner.isAtEnd {
            if scanner.starts(with: "<") { try markup() } else { try text() }
        }
        if let unclosed = open.last {
            throw scanner.error("ends inside <\(unclosed.name)>, which was opened on line \(unclosed.line)")
        }
        guard let root else { throw scanner.error("has no root element") }
        return root
    }

    private mutating func declaration() throws(MarkupError) {
        guard let body = scanner.through("?>")?.lowercased() else {
            throw scanner.error("has an unfinished declaration")
        }
        if body.contains("encoding"), !body.contains("utf-8"), !body.contains("ascii") {
            throw scanner.error("declares an encoding other than UTF-8")
        }
    }

    private mutating func markup() throws(MarkupError) {
        if scanner.skip("<!--") {
            guard scanner.through("-->") != nil else { throw scanner.error("has an unfinished comment") }
        } else if scanner.skip("<![CDATA[") {
            guard !open.isEmpty else { throw scanner.error("has text outside its root element") }
            guard let text = scanner.through("]]>") else { throw scanner.error("has an unfinished CDATA section") }
            append(.text(text))
        } else if scanner.starts(with: "<!") {
            throw scanner.error("has a document type or entity declaration, which is refused")
        } else if scanner.skip("<?") {
            guard scanner.through("?>") != nil else { throw scanner.error("has an unfinished instruction") }
        } else if scanner.skip("</") {
            try endTag()
        } else {
            try startTag()
        }
    }

    private mutating func startTag() throws(MarkupError) {
        let (line, start) = (scanner.line, scanner.position)
        _ = scanner.skip("<")
        guard root == nil || !open.isEmpty else { throw scanner.error("has a second root element") }
        guard let name = scanner.name() else { throw scanner.error("has a < that begins no tag") }
        elements += 1
        guard open.count < Self.depthLimit else { throw scanner.error("nests deeper than \(Self.depthLimit) elements") }
        guard elements <= Self.elementLimit else { throw scanner.error("has more than \(Self.elementLimit) elements") }
        var element = MarkupElement(name: name, line: line, range: start..<start)
        while true {
            let isSpaced = scanner.skipSpace()
            if scanner.skip("/>") {
                element.range = start..<scanner.position
                return close(element)
            }
            if scanner.skip(">") { break }
            guard isSpaced, let name = scanner.name() else {
                throw scanner.error("has a malformed <\(element.name)> tag")
            }
            guard !element.attributes.contains(where: { $0.name == name }) else {
                throw scanner.error("has \(name) twice in one <\(element.name)> tag")
            }
            element.attributes.append(MarkupAttribute(name: name, value: try attributeValue()))
        }
        open.append(element)
    }

    private mutating func attributeValue() throws(MarkupError) -> String {
        _ = scanner.skipSpace()
        guard scanner.skip("=") else { throw scanner.error("has an attribute without a value") }
        _ = scanner.skipSpace()
        let quote = scanner.starts(with: "'") ? "'" : "\""
        guard scanner.skip(quote), let raw = scanner.through(quote), !raw.utf8.contains(UInt8(ascii: "<")) else {
            throw scanner.error("has an attribute whose quotes do not match")
        }
        // XML 1.0 §3.3.3: white space in an attribute becomes spaces unless it was written as a reference.
        return try resolve(
            String(
                String.UnicodeScalarView(raw.unicodeScalars.map { $0.properties.isWhitespace && $0.isASCII ? " " : $0 })
            )
        )
    }

    private mutating func endTag() throws(MarkupError) {
        guard let name = scanner.name() else { throw scanner.error("has a malformed end tag") }
        _ = scanner.skipSpace()
        guard scanner.skip(">") else { throw scanner.error("has a malformed </\(name)> tag") }
        guard var element = open.popLast() else { throw scanner.error("has </\(name)> without a start") }
        guard element.name == name else {
            throw scanner.error("has </\(name)> where <\(element.name)> of line \(element.line) is open")
        }
        element.range = element.range.lowerBound..<scanner.position
        close(element)
    }

    private mutating func text() throws(MarkupError) {
        let raw = scanner.upTo("<")
        if open.isEmpty {
            guard raw.allSatisfy(\.isWhitespace) else { throw scanner.error("has text outside its root element") }
        } else {
            append(.text(try resolve(raw)))
        }
    }

    private func resolve(_ text: String) throws(MarkupError) -> String {
        do {
            return try References.resolve(text)
        } catch {
            throw scanner.error("has the undeclared or malformed reference &\(error.name)")
        }
    }

    private mutating func close(_ element: MarkupElement) {
        if open.isEmpty { root = element } else { append(.element(element)) }
    }

    private mutating func append(_ node: MarkupNode) {
        open[open.count - 1].children.append(node)
    }
}
