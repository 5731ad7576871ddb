// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// An element of a parsed XML document.
struct MarkupElement: Sendable, Equatable {
    var name: String
    var attributes: [MarkupAttribute] = []
    var children: [MarkupNode] = []
    /// The line that its start tag begins on, from 1.
    var line = 1
    /// Where it stands in the document's bytes.
    var range = 0..<0

    /// The value of an attribute; an empty one counts as missing, as in OLX.
    subscript(name: String) -> String? {
        attributes.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// The elements among its children.
    var elements: [MarkupElement] {
        children.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// Whether it holds neither elements nor text other than white space.
    var isEmpty: Bool {
        children.allSatisfy { if case .text(let text) = $0 { text.allSatisfy(\.isWhitespace) } else { false } }
    }
}

/// An attribute, with its references replaced.
struct MarkupAttribute: Sendable, Equatable {
    let name: String
    let value: String
}

/// What an element can hold.
enum MarkupNode: Sendable, Equatable {
    case element(MarkupElement)
    case text(String)
}

/// A parsed document with the text it came from.
struct MarkupDocument: Sendable {
    let root: MarkupElement
    let bytes: [UInt8]

    /// An element's source, exactly as it was written.
    func source(of element: MarkupElement) -> String {
        String(decoding: bytes[element.range], as: UTF8.self)
    }
}

/// Why a document could not be read, and where.
struct MarkupError: Error, Equatable {
    let line: Int
    let reason: String
}
