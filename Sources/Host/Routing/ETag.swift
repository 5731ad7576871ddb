// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSTenancy

/// A strong entity tag (RFC 9110 §8.8.3), with its quotes.
struct ETag: Sendable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    var description: String { String(decoding: bytes, as: UTF8.self) }

    /// The tag of a version that the database counts.
    ///
    /// - Parameters:
    ///   - version: The version.
    ///   - object: What it is a version of.
    init<Entity>(version: Int, of object: Identifier<Entity>) {
        bytes = Array("\"\(object)-\(version)\"".utf8)
    }

    /// The tag of exactly these bytes.
    init(of bytes: [UInt8]) {
        let fingerprint = Fingerprint(bytes)
        var text = [UInt8](repeating: UInt8(ascii: "\""), count: 34)
        var span = text.mutableSpan
        span.write(hexadecimal: fingerprint.high, at: 1)
        span.write(hexadecimal: fingerprint.low, at: 17)
        self.bytes = text
    }

    init(quoted text: String) {
        bytes = Array(text.utf8)
    }

    /// Whether a list of tags names this one (RFC 9110 §13.1); a weak one matches where `comparison` allows it.
    func matches(_ header: String, _ comparison: Comparison) -> Bool {
        for element in header.split(separator: ",") {
            var tag = element.trimmingBlanks
            if tag == "*" { return true }
            if tag.hasPrefix("W/") {
                guard comparison == .weak else { continue }
                tag = tag.dropFirst(2)
            }
            if tag == description { return true }
        }
        return false
    }

    enum Comparison: Sendable {
        /// For `If-None-Match`.
        case weak
        /// For `If-Match`.
        case strong
    }
}

/// Tells versions of a reply apart, equally on every node and in every process; it protects nothing.
struct Fingerprint: Sendable, Hashable {
    private(set) var high: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var low: UInt64 = 0xD1B5_4A32_D192_ED03

    init(_ bytes: [UInt8]) {
        let span = bytes.span
        var index = 0
        while index + 8 <= span.count {
            mix(Fingerprint.word(span.extracting(index..<index + 8)))
            index += 8
        }
        var rest: UInt64 = 0
        while index < span.count {
            rest = rest << 8 | UInt64(span[index])
            index += 1
        }
        mix(rest)
        mix(UInt64(span.count))
        mix(high ^ low)
    }

    /// Eight bytes as a number; written out, because the compiler then makes one load of it.
    private static func word(_ bytes: Span<UInt8>) -> UInt64 {
        let low = UInt64(bytes[0]) | UInt64(bytes[1]) << 8 | UInt64(bytes[2]) << 16 | UInt64(bytes[3]) << 24
        let high = UInt64(bytes[4]) << 32 | UInt64(bytes[5]) << 40 | UInt64(bytes[6]) << 48 | UInt64(bytes[7]) << 56
        return low | high
    }

    /// Starts from a seed.
    init(seed: UInt64, _ word: UInt64) {
        high ^= seed
        low = low &+ seed
        mix(word)
    }

    mutating func mix(_ word: UInt64) {
        let first = (word ^ high).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        let second = (word &+ low).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        high = first.high ^ first.low &+ word
        low = second.high ^ second.low &+ (word << 32 | word >> 32)
    }
}
