// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a peer did that ends a WebSocket.
@nonexhaustive
public enum WebSocketFailure: String, Error, Sendable, Hashable {
    /// A reserved bit is set, and no extension was agreed upon (RFC 6455 §5.2).
    case reservedBits = "reserved bit set"
    /// The opcode means nothing.
    case unknownOpcode = "unknown opcode"
    /// A client's frame is not masked (§5.1).
    case unmasked = "frame not masked"
    /// The length is not written in as few bytes as possible, or has its highest bit set (§5.2).
    case badLength = "bad length"
    /// A control frame is longer than 125 bytes (§5.5).
    case controlTooLong = "control frame too long"
    /// A control frame is not whole (§5.5).
    case controlFragmented = "control frame fragmented"
    /// A message continues that never began (§5.4).
    case nothingToContinue = "nothing to continue"
    /// A message begins within another one (§5.4).
    case interleaved = "message not finished"
    /// The body of a close frame is a single byte, or its code may not be sent (§7.4).
    case badCloseCode = "bad close code"
    /// A text or the reason of a close frame is not UTF-8 (§8.1).
    case invalidText = "not UTF-8"
    /// A frame is longer than is taken.
    case frameTooBig = "frame too big"
    /// A message is longer than is taken, or in more pieces.
    case messageTooBig = "message too big"

    /// What the peer is told.
    public var closeCode: WebSocketCloseCode {
        switch self {
        case .invalidText: .invalidData
        case .frameTooBig, .messageTooBig: .tooBig
        default: .protocolError
        }
    }
}
