// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The `HTTP/x.y` of a request line, taken byte for byte.
struct ProtocolVersion {
    private var count = 0
    private var major: UInt8 = 0
    private(set) var minor: UInt8 = 0

    var isComplete: Bool { count == 8 }
    /// RFC 9112 §2.3: a higher minor version is answered as 1.1, another major version is not.
    var isSupported: Bool { major == 1 }

    /// Takes the next byte.
    ///
    /// - Parameter byte: The byte.
    /// - Returns: Whether it may stand there.
    mutating func take(_ byte: UInt8) -> Bool {
        let isExpected =
            switch count {
            case 0: byte == UInt8(ascii: "H")
            case 1, 2: byte == UInt8(ascii: "T")
            case 3: byte == UInt8(ascii: "P")
            case 4: byte == .slash
            case 5, 7: byte.isDigit
            case 6: byte == UInt8(ascii: ".")
            default: false
            }
        if count == 5 { major = byte &- 0x30 }
        if count == 7 { minor = byte == 0x30 ? 0 : 1 }
        count += 1
        return isExpected
    }
}
