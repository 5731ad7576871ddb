// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// An address of the Internet Protocol; one of version 4 is held as the IPv6 address that maps it (RFC 4291 §2.5.5.2).
public struct NetworkAddress: Sendable, Hashable {
    /// 16 bytes.
    public let bytes: [UInt8]

    /// Takes an address as it is sent.
    ///
    /// - Parameter bytes: 4 or 16 bytes; anything else is no address.
    public init?(_ bytes: [UInt8]) {
        switch bytes.count {
        case 4: self.bytes = Self.mapping + bytes
        case 16: self.bytes = bytes
        default: return nil
        }
    }

    /// Parses an address; a zone (`%eth0`) is passed over.
    ///
    /// - Parameter text: `192.0.2.1` or `2001:db8::1`. Other spellings of the version 4, which some parsers take for
    ///   octal or hexadecimal, are refused.
    public init?(_ text: String) {
        guard let bytes = Self.parse(text) else { return nil }
        self.bytes = bytes
    }

    /// Whether it is one of version 4.
    public var isVersion4: Bool { bytes.starts(with: Self.mapping) }

    static let mapping: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    private static func parse(_ text: String) -> [UInt8]? {
        if !text.contains(":") { return parseVersion4(text).map { mapping + $0 } }
        let bare = text.prefix { $0 != "%" }
        let halves = bare.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        guard let left = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return left.count == 16 ? left : nil }
        guard let right = groups(halves[1]), left.count + right.count <= 14 else { return nil }
        return left + Array(repeating: 0, count: 16 - left.count - right.count) + right
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        guard !text.isEmpty else { return bytes }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let version4 = parseVersion4(String(part)) else { return nil }
                bytes += version4
                continue
            }
            guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16), !part.hasPrefix("+") else {
                return nil
            }
            bytes += [UInt8(group >> 8), UInt8(truncatingIfNeeded: group)]
        }
        return bytes
    }

    private static func parseVersion4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

/// The addresses that begin with the same bits: `10.0.0.0/8`.
public struct NetworkRange: Sendable, Hashable {
    private let start: [UInt8]
    private let bits: Int

    /// Parses an address or a network in CIDR form.
    ///
    /// - Parameter text: `127.0.0.1`, `10.0.0.0/8` or `fd00::/8`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = NetworkAddress(String(first)) else { return nil }
        var bits = 128
        if parts.count == 2 {
            let isVersion4 = !first.contains(":")
            guard let length = Int(parts[1]), (0...(isVersion4 ? 32 : 128)).contains(length) else { return nil }
            bits = isVersion4 ? 96 + length : length
        }
        start = address.bytes
        self.bits = bits
    }

    /// Parses several, parted by commas.
    ///
    /// - Parameter text: `127.0.0.1, 10.0.0.0/8`.
    /// - Returns: `nil` if one of them is none.
    public static func list(_ text: String) -> [NetworkRange]? {
        var ranges: [NetworkRange] = []
        for element in text.split(separator: ",") {
            let blanks: Set<Character> = [" ", "\t"]
            let bare = element.drop { blanks.contains($0) }.prefix { !blanks.contains($0) }
            guard let range = NetworkRange(String(bare)) else { return nil }
            ranges.append(range)
        }
        return ranges
    }

    /// Returns whether an address is one of them.
    ///
    /// - Parameter address: The address.
    /// - Returns: `true` if its first bits are the range's.
    public func contains(_ address: NetworkAddress) -> Bool {
        let whole = bits / 8
        guard address.bytes[..<whole] == start[..<whole] else { return false }
        let rest = bits % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return address.bytes[whole] & mask == start[whole] & mask
    }
}
