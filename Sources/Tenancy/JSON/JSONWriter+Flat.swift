// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

package import FoundationEssentials

extension JSONWriter {
    /// Writes an object of numbers, dates and identifiers in one step; for those that a reply has tens of thousands of.
    ///
    /// - Parameters:
    ///   - capacity: The most bytes that it can take, with 34 for a date, 22 for a number and 32 for a name.
    ///   - members: Writes its members, at least one, with `member`.
    package mutating func flatObject(capacity: Int, _ members: (inout OutputSpan<UInt8>) -> Void) {
        element(capacity: capacity) { output in
            output.append(UInt8(ascii: "{"))
            members(&output)
            _ = output.removeLast()
            output.append(UInt8(ascii: "}"))
        }
    }
}

/// The name of a member of a flat object: packed once, and written in steps of eight bytes.
package struct FlatName: Sendable {
    /// With quotes and colon, the first byte in the lowest bits of the first word.
    fileprivate let words: InlineArray<4, UInt64>
    fileprivate let count: Int

    /// Packs a name.
    ///
    /// - Parameter name: The name, at most 29 characters of ASCII that need no escape.
    package init(_ name: String) {
        var words = InlineArray<4, UInt64>(repeating: 0)
        var count = 0
        for byte in "\"\(name)\":".utf8 {
            words[count / 8] |= UInt64(byte) << UInt64(count % 8 * 8)
            count += 1
        }
        (self.words, self.count) = (words, count)
    }
}

/// Members of a flat object, each with a comma behind it.
extension OutputSpan<UInt8> {
    /// Appends an identifier.
    package mutating func member(_ name: FlatName, _ value: Identifier<some Any>) {
        append(name: name)
        append(UInt8(ascii: "\""))
        append(value.uuid)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ","))
    }

    /// Appends a date, or `null`.
    package mutating func member(_ name: FlatName, _ value: Date?) {
        append(name: name)
        if let value {
            append(UInt8(ascii: "\""))
            append(iso8601: value)
            append(UInt8(ascii: "\""))
        } else {
            append(text: "null")
        }
        append(UInt8(ascii: ","))
    }

    /// Appends a whole number.
    package mutating func member(_ name: FlatName, _ value: Int) {
        append(name: name)
        append(decimal: Int64(value))
        append(UInt8(ascii: ","))
    }

    /// Appends a decimal fraction without needless zeros, or `null`.
    package mutating func member(_ name: FlatName, units: Int?, decimals: Int) {
        append(name: name)
        if let units { append(units: Int64(units), decimals: decimals) } else { append(text: "null") }
        append(UInt8(ascii: ","))
    }

    /// Appends text of the program's own that needs no escape.
    package mutating func member(_ name: FlatName, plain text: String) {
        append(name: name)
        append(UInt8(ascii: "\""))
        append(text: text)
        append(UInt8(ascii: "\""))
        append(UInt8(ascii: ","))
    }

    private mutating func append(name: FlatName) {
        var written = 0
        while written < name.count {
            append(word: name.words[written / 8])
            written += 8
        }
        removeLast(written - name.count)
    }
}
