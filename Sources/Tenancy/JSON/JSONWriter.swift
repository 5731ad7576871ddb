// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Writes a JSON text (RFC 8259) by appending bytes; the order of members is the order of the calls.
public struct JSONWriter: Sendable {
    /// The text so far, in UTF-8.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Prepares an empty text.
    ///
    /// - Parameter capacity: How many bytes are likely.
    public init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object.
    ///
    /// - Parameter members: Writes its members with `field`.
    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        members(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array.
    ///
    /// - Parameter elements: Writes its elements.
    public mutating func array(_ elements: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Begins an object that is written in several steps; `endObject()` ends it.
    package mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Begins a member whose value is an array that is written in several steps; `endArray()` ends it.
    package mutating func beginArray(_ name: JSONName) {
        self.name(name)
        open(UInt8(ascii: "["))
    }

    /// Ends the array that was begun last.
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Ends the object that was begun last.
    package mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Takes what is written so far, to go on behind it.
    ///
    /// - Returns: The text since the start or the last call, in UTF-8.
    package mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        bytes.reserveCapacity(taken.capacity)
        return taken
    }

    /// Writes a value: the whole text, or the next element of an array.
    ///
    /// - Parameter value: The value.
    public mutating func value(_ value: some JSONWritable) {
        separate()
        value.write(to: &self)
        needsComma = true
    }

    /// Writes a member.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The member's value.
    public mutating func field(_ name: JSONName, _ value: some JSONWritable) {
        self.name(name)
        value.write(to: &self)
        needsComma = true
    }

    /// Writes a member that may be `null`.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The member's value.
    public mutating func field(_ name: JSONName, _ value: (some JSONWritable)?) {
        self.name(name)
        if let value { value.write(to: &self) } else { bytes.append(contentsOf: "null".utf8) }
        needsComma = true
    }

    /// Writes a member whose value is an object.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - members: Writes the object's members.
    public mutating func field(_ name: JSONName, object members: (inout JSONWriter) -> Void) {
        self.name(name)
        object(members)
    }

    /// Writes a member whose name is known only at run time.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - value: The member's value.
    public mutating func field(named name: String, _ value: some JSONWritable) {
        separate()
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
        value.write(to: &self)
        needsComma = true
    }

    /// Writes text that is well-formed JSON already.
    ///
    /// - Parameter json: The text.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    private mutating func name(_ name: JSONName) {
        let isFurther = needsComma
        needsComma = false
        bytes.append(addingCapacity: name.text.utf8.count + 4) { output in
            if isFurther { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(text: name.text)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    /// Appends a scalar's text without quotes; for `JSONWritable`.
    package mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends a decimal fraction without needless zeros; for `JSONWritable`.
    ///
    /// - Parameters:
    ///   - units: How many units it has.
    ///   - decimals: A unit has so many decimals, 1 through 18.
    package mutating func append(units: Int, decimals: Int) {
        append(capacity: 22) { output in output.append(units: Int64(units), decimals: decimals) }
    }

    /// Appends what a closure writes, without quotes.
    mutating func append(capacity: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        bytes.append(addingCapacity: capacity) { output in write(&output) }
    }

    /// Appends what a closure writes, with a comma if it is a further element.
    mutating func element(capacity: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        separate()
        append(capacity: capacity, write)
        needsComma = true
    }

    /// Appends what a closure writes, which needs no escape, with quotes.
    mutating func appendQuoted(capacity: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        bytes.append(addingCapacity: capacity + 2) { output in
            output.append(UInt8(ascii: "\""))
            write(&output)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Appends a string with quotes and escapes; for `JSONWritable`.
    package mutating func appendString(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if JSONWriter.isPlain(text) { bytes.append(contentsOf: text.utf8) } else { appendEscaped(text) }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONWriter {
    /// Whether nothing in a text needs an escape, as in almost every text.
    private static func isPlain(_ text: String) -> Bool {
        let span = text.utf8.span
        for index in span.indices {
            let byte = span[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
        }
        return true
    }

    private mutating func appendEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(UInt8(ascii: "0") + byte >> 4)
                bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
    }
}

/// The name of a member, written in the code itself: it needs no escape and costs no copy.
public struct JSONName: ExpressibleByStringLiteral, Sendable {
    let text: String

    /// Takes up a literal.
    public init(stringLiteral value: String) {
        text = value
    }
}

/// A type with one JSON form.
public protocol JSONWritable: Sendable {
    /// Appends the value.
    ///
    /// - Parameter json: The text to append to.
    func write(to json: inout JSONWriter)
}
