// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// `application/x-www-form-urlencoded`, which is also the form of a query (WHATWG URL §5).
enum FormText {
    /// Writes pairs; those without a value are left out.
    static func encode(_ pairs: [(name: String, value: String?)]) -> String {
        pairs.compactMap { name, value in value.map { "\(encode(name))=\(encode($0))" } }.joined(separator: "&")
    }

    /// Appends pairs to an address that may have a query already (RFC 6749 §3.1).
    static func append(_ pairs: [(name: String, value: String?)], to address: String) -> String {
        address + (address.contains("?") ? "&" : "?") + encode(pairs)
    }

    /// Encodes everything but the unreserved characters of RFC 3986 §2.3.
    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if byte.isNameByte || "._~".utf8.contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                for nibble in [byte >> 4, byte & 15] {
                    encoded.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10)
                }
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
