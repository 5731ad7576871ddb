// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The networks whose word about a client is taken.
struct TrustedProxies: Sendable, Hashable {
    private let networks: [Network]

    private struct Network: Sendable, Hashable {
        let address: [UInt8]
        let bits: Int
    }

    var isEmpty: Bool { networks.isEmpty }

    /// Nobody is trusted.
    static let none = TrustedProxies(networks: [])

    private init(networks: [Network]) {
        self.networks = networks
    }

    /// Parses a comma-separated list of addresses and networks: `127.0.0.1, 10.0.0.0/8, fd00::/8`.
    init?(_ list: String) {
        var networks: [Network] = []
        for element in list.split(separator: ",") {
            let parts = element.trimmingBlanks.split(separator: "/", omittingEmptySubsequences: false)
            guard let text = parts.first, parts.count <= 2, let address = IPAddress.parse(String(text)) else {
                return nil
            }
            let isVersion4 = !text.contains(":")
            var bits = 128
            if parts.count == 2 {
                guard let length = Int(parts[1]), (0...(isVersion4 ? 32 : 128)).contains(length) else { return nil }
                bits = isVersion4 ? 96 + length : length
            }
            networks.append(Network(address: address, bits: bits))
        }
        self.networks = networks
    }

    /// Whether an address is in one of the networks.
    func contains(_ text: String) -> Bool {
        guard let address = IPAddress.parse(text) else { return false }
        return networks.contains { network in
            let whole = network.bits / 8
            guard address[..<whole] == network.address[..<whole] else { return false }
            let rest = network.bits % 8
            guard rest > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
            return address[whole] & mask == network.address[whole] & mask
        }
    }
}

/// Addresses of both versions as 16 bytes; version 4 in its mapped form (RFC 4291 §2.5.5.2).
enum IPAddress {
    static func parse(_ text: String) -> [UInt8]? {
        if !text.contains(":") {
            guard let version4 = parseVersion4(text) else { return nil }
            return Array(repeating: 0, count: 10) + [0xFF, 0xFF] + version4
        }
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
