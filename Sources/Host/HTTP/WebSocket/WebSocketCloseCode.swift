// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Why a WebSocket is closed (RFC 6455 §7.4).
public struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable {
    /// The number.
    public let rawValue: UInt16

    /// Takes a number.
    ///
    /// - Parameter rawValue: The number.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The purpose is fulfilled.
    public static let normal = Self(rawValue: 1000)
    /// The server stops or the page was left.
    public static let goingAway = Self(rawValue: 1001)
    /// The peer broke the protocol.
    public static let protocolError = Self(rawValue: 1002)
    /// A kind of data that is not taken.
    public static let unsupportedData = Self(rawValue: 1003)
    /// The close frame had no code; never sent.
    public static let noStatus = Self(rawValue: 1005)
    /// The connection ended without a close frame; never sent.
    public static let abnormal = Self(rawValue: 1006)
    /// A text that is not UTF-8.
    public static let invalidData = Self(rawValue: 1007)
    /// The peer may not do what it does.
    public static let policyViolation = Self(rawValue: 1008)
    /// A frame or message is too long.
    public static let tooBig = Self(rawValue: 1009)
    /// The server failed.
    public static let internalError = Self(rawValue: 1011)
    /// The server has too much to do, or the client takes what it is sent too slowly.
    public static let tryAgainLater = Self(rawValue: 1013)

    /// Whether it may stand in a frame: defined by RFC 6455 §7.4.1 or registered since, or of the ranges for libraries and applications.
    public var maySend: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
