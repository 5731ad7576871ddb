// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSOpenSSLDriver

/// A client's wish to go on with WebSocket on its connection (RFC 6455 §4.2).
public struct WebSocketUpgrade: Sendable {
    /// The subprotocols that the client offers, in its order.
    public let protocols: [String]
    let accept: String

    /// Why there is no WebSocket.
    @nonexhaustive
    public enum Refusal: Error, Sendable, Hashable {
        /// The request asks for none, or cannot: HTTP/1.0, another method than GET. 426.
        case notAsked
        /// Another version than 13. 426.
        case version
        /// The key is missing, repeated or no 16 bytes; or the request has a body. 400.
        case malformed
    }

    /// Reads a request.
    ///
    /// Extensions are not agreed upon, so nothing is compressed. The origin is the caller's to check.
    ///
    /// - Parameter request: The request.
    /// - Throws: `Refusal`.
    public init(_ request: HTTPRequest) throws(Refusal) {
        let head = request.head
        guard head.method == .get, head.minorVersion > 0, request.elements(of: "connection").contains("upgrade"),
            request.elements(of: "upgrade").contains("websocket")
        else { throw .notAsked }
        let versions = request.values(of: "sec-websocket-version")
        guard versions.count == 1, versions[0] == "13" else { throw .version }
        let keys = request.values(of: "sec-websocket-key")
        guard keys.count == 1, WebSocketUpgrade.isKey(keys[0]), request.body.isEmpty else { throw .malformed }
        let digest = OpenSSLDigest.sha1(Array((keys[0] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        accept = WebSocketUpgrade.base64(digest)
        var protocols: [String] = []
        for value in request.values(of: "sec-websocket-protocol") {
            for element in value.split(separator: ",") {
                let name = element.trimming
                guard !name.isEmpty, name.utf8.allSatisfy(\.isToken), !protocols.contains(name) else {
                    throw .malformed
                }
                protocols.append(name)
            }
        }
        self.protocols = protocols
    }

    /// Whether a text is the base64 of 16 bytes.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=") else { return false }
        return bytes[..<22].allSatisfy { byte in
            byte.isDigit || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let piece = bytes[start..<min(start + 3, bytes.count)]
            let word = piece.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - piece.count))
            for place in 0..<4 {
                let isPadding = place > piece.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(word >> UInt32(18 - 6 * place) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension HTTPRequest {
    /// The elements of all fields of a name, in lower case.
    fileprivate func elements(of name: HTTPFieldName) -> [String] {
        values(of: name).flatMap { value in value.split(separator: ",").map { $0.trimming.lowercased() } }
    }
}

extension Substring {
    fileprivate var trimming: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        guard let start = firstIndex(where: { !isBlank($0) }), let end = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[start...end])
    }
}
