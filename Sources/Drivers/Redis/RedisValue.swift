// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// What a server answers.
public enum RedisValue: Sendable, Hashable {
    /// There is none.
    case null
    /// A number.
    case integer(Int)
    /// Bytes, or a short status such as `OK`.
    case string([UInt8])
    /// Several values.
    case array([RedisValue])
    /// A refusal within an array.
    case error(code: String)
    /// A refusal that sends the command elsewhere; no caller gets one.
    case redirect(RedisRedirect)

    /// The bytes, if it is a string.
    public var bytes: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }
    /// The text, if it is a string of UTF-8.
    public var text: String? { bytes.flatMap { String(validating: $0, as: UTF8.self) } }
    /// The number, if it is one.
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    /// The values, if it is an array.
    public var array: [RedisValue]? { if case .array(let values) = self { values } else { nil } }
    /// Whether it is the status `OK`.
    public var isOK: Bool { bytes == Array("OK".utf8) }
}

/// Where a node of a cluster sends a command.
public struct RedisRedirect: Sendable, Hashable {
    /// Whether only this command goes there, while the slot is being moved.
    public let isOnce: Bool
    /// The slot.
    public let slot: Int
    /// The host; `nil` for the one that said so.
    public let host: String?
    /// The port.
    public let port: UInt16

    /// Reads `MOVED 3999 127.0.0.1:6381` or `ASK …`.
    init?(_ message: String) {
        let words = message.split(separator: " ")
        guard words.count == 3, words[0] == "MOVED" || words[0] == "ASK", let slot = Int(words[1]),
            (0..<HashSlot.count).contains(slot), let colon = words[2].lastIndex(of: ":"),
            let port = UInt16(words[2][words[2].index(after: colon)...])
        else { return nil }
        let host = words[2][..<colon].filter { $0 != "[" && $0 != "]" }
        isOnce = words[0] == "ASK"
        self.slot = slot
        self.host = host.isEmpty || host == "?" ? nil : host
        self.port = port
    }
}
