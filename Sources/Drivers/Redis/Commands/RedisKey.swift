// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

/// The name of something in Redis: of a tenant, or of the installation.
public struct RedisKey: Sendable, Hashable {
    /// The name.
    let text: String

    /// A tenant's.
    ///
    /// - Parameter key: Its name.
    public init(_ key: TenantCacheKey) {
        text = key.description
    }

    /// The installation's, for what belongs to no tenant.
    ///
    /// - Parameters:
    ///   - installation: The installation.
    ///   - namespace: What kind of thing it is.
    ///   - name: Which one; anything.
    public init(of installation: InstallationPrefix, _ namespace: TenantCacheKey.Namespace, _ name: String) {
        text = "lms:\(installation):\(namespace.rawValue):\(name)"
    }

    /// Longer ones are refused: the names of those who fill a memory.
    static let limitInBytes = 1_024
    var isTooLong: Bool { text.utf8.count > RedisKey.limitInBytes }
}

/// In which of a cluster's slots a key is (Redis Cluster specification, "Key distribution model").
enum HashSlot {
    static let count = 16_384

    static func of(_ key: String) -> Int {
        let bytes = Array(key.utf8)
        var range = bytes[...]
        // What is between the first brace and the next that closes, if anything, stands for the whole.
        if let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        {
            range = bytes[(open + 1)..<close]
        }
        return Int(crc16(range)) % count
    }

    /// CRC16-CCITT (XMODEM).
    private static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
        return crc
    }
}
