// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

/// The identifier of one `Entity`: a UUID that cannot be mistaken for the identifier of anything else.
///
/// New identifiers are UUIDv7 (RFC 9562 §5.7), so that rows sort by the time of their creation. See `IdentifierSource`.
public struct Identifier<Entity>: Sendable, Hashable {
    /// The identifier's 16 bytes.
    public let uuid: UUID

    /// Wraps an identifier that comes from a trusted place: the database or a verified token.
    ///
    /// - Parameter uuid: The identifier's 16 bytes.
    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Parses the canonical text form of RFC 9562 §4: 36 characters, hexadecimal in either case.
    ///
    /// - Parameter text: The text as it came from outside.
    public init?(_ text: some StringProtocol) {
        guard let uuid = UUID(canonical: text) else { return nil }
        self.uuid = uuid
    }
}

extension Identifier: CustomStringConvertible {
    /// The canonical text in lower case, as PostgreSQL prints it.
    public var description: String { uuid.lowercaseText }
}

extension Identifier: Comparable {
    /// Orders by bytes, which for UUIDv7 is the order of creation.
    public static func < (left: Identifier, right: Identifier) -> Bool {
        left.uuid.words < right.uuid.words
    }
}

extension UUID {
    /// Parses the canonical text form of RFC 9562 §4; Foundation goes through `scanf`, which forgives signs and blanks.
    package init?(canonical text: some StringProtocol) {
        guard text.utf8.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let letter = (byte | 0x20) &- UInt8(ascii: "a")
            guard byte.isDigit || letter < 6 else { return nil }
            let digit = UInt64(byte.isDigit ? byte &- UInt8(ascii: "0") : letter &+ 10)
            if index < 18 { high = high << 4 | digit } else { low = low << 4 | digit }
        }
        self.init(high: high, low: low)
    }

    /// The 36 characters of RFC 9562 §4 in lower case; Foundation prints upper case.
    public var lowercaseText: String {
        let text = [UInt8](capacity: 36) { text in text.append(self) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The 16 bytes as two numbers, which order as the bytes do.
    var words: (UInt64, UInt64) {
        let bytes = inlineBytes
        var (high, low) = (UInt64(0), UInt64(0))
        for index in 0..<8 {
            high = high << 8 | UInt64(bytes[index])
            low = low << 8 | UInt64(bytes[index + 8])
        }
        return (high, low)
    }

    /// The 16 bytes in network order, without an allocation.
    package var inlineBytes: InlineArray<16, UInt8> {
        let value = uuid
        return [
            value.0, value.1, value.2, value.3, value.4, value.5, value.6, value.7,
            value.8, value.9, value.10, value.11, value.12, value.13, value.14, value.15,
        ]
    }

    /// The 16 bytes in network order.
    package var bytes: [UInt8] {
        let value = uuid
        return [
            value.0, value.1, value.2, value.3, value.4, value.5, value.6, value.7,
            value.8, value.9, value.10, value.11, value.12, value.13, value.14, value.15,
        ]
    }

    /// Reads 16 bytes in network order.
    package init(bytes: Span<UInt8>) {
        self.init(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            )
        )
    }
}
