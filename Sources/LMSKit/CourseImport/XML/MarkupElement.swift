// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// An element of a parsed XML document.
package struct MarkupElement: Sendable, Equatable {
    package var name: String
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
    package var elements: [MarkupElement] {
        children.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// The text right inside it.
    package var text: String {
        children.reduce(into: "") { if case .text(let text) = $1 { $0 += text } }
    }

    /// The first child of a name.
    package func first(_ name: String) -> MarkupElement? { elements.first { $0.name == name } }

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
package struct MarkupDocument: Sendable {
    package let root: MarkupElement
    let bytes: [UInt8]

    /// An element's source, exactly as it was written.
    func source(of element: MarkupElement) -> String {
        String(decoding: bytes[element.range], as: UTF8.self)
    }
}

/// Why a document could not be read, and where.
package struct MarkupError: Error, Equatable {
    let line: Int
    let reason: String
}
