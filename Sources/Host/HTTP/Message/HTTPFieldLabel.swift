// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A field's name as it goes over the wire, checked once: for fields that every reply has.
public struct HTTPFieldLabel: Sendable {
    /// `name: `, or nothing if the name may not be sent.
    let wire: [UInt8]

    /// Prepares a name.
    ///
    /// - Parameter name: The name; one that is no token, or the server's to send, spoils the sets it is added to.
    public init(_ name: HTTPFieldName) {
        var fields = HTTPFields()
        fields.append(name, "")
        wire = fields.isValid ? Array(fields.wire.dropLast(2)) : []
    }
}

extension HTTPFields {
    /// Adds a field; one of the same name stays.
    ///
    /// - Parameters:
    ///   - label: The name.
    ///   - value: The value's bytes. No control characters but the tab.
    public mutating func append(_ label: HTTPFieldLabel, bytes value: [UInt8]) {
        let start = wire.count
        wire.append(contentsOf: label.wire)
        let valueStart = wire.count
        wire.append(contentsOf: value)
        finish(label, from: start, valueStart: valueStart)
    }

    /// Adds a field; one of the same name stays.
    ///
    /// - Parameters:
    ///   - label: The name.
    ///   - value: The value. No control characters but the tab.
    public mutating func append(_ label: HTTPFieldLabel, _ value: String) {
        let start = wire.count
        wire.append(contentsOf: label.wire)
        let valueStart = wire.count
        wire.append(contentsOf: value.utf8)
        finish(label, from: start, valueStart: valueStart)
    }

    /// Adds a field with a number.
    ///
    /// - Parameters:
    ///   - label: The name.
    ///   - value: The number, at least 0.
    public mutating func append(_ label: HTTPFieldLabel, _ value: Int) {
        guard !label.wire.isEmpty else { return spoil(from: wire.count) }
        wire.append(contentsOf: label.wire)
        wire.appendDecimal(value)
        wire.append(.carriageReturn)
        wire.append(.lineFeed)
    }

    private mutating func finish(_ label: HTTPFieldLabel, from start: Int, valueStart: Int) {
        guard !label.wire.isEmpty else { return spoil(from: start) }
        finish(from: start, valueStart: valueStart)
    }
}
