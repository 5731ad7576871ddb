// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// One message, however many frames it came in.
@nonexhaustive
public enum WebSocketMessage: Sendable, Hashable {
    /// A text, which was UTF-8.
    case text(String)
    /// Bytes.
    case binary([UInt8])
}

/// The meaning of a frame (RFC 6455 §5.2).
enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    var isControl: Bool { rawValue >= 8 }
}

/// How much is taken of a peer.
public struct WebSocketLimits: Sendable {
    /// The longest payload of one frame, in bytes.
    public var frameInBytes = 65_536
    /// The longest message, in bytes.
    public var messageInBytes = 65_536
    /// The most frames of one message.
    public var fragments = 1_024

    /// Makes the defaults.
    public init() {}
}
