// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A command with its arguments, each of which is sent with its length: none can end the command or begin another.
public struct RedisCommand: Sendable {
    /// The arguments one behind the other, the name first.
    let bytes: [UInt8]
    let lengths: [Int]
    /// The slot of its key; `nil` if it has none.
    let slot: Int?
    /// Why it is not sent.
    let isTooLong: Bool

    /// One part of a command.
    public enum Argument: Sendable, ExpressibleByStringLiteral {
        /// What the command works on; all keys of one command are of one tenant.
        case key(RedisKey)
        /// A channel.
        case channel(String)
        /// Bytes.
        case bytes([UInt8])
        /// Text.
        case text(String)
        /// A number.
        case integer(Int)

        /// A word of the command's own.
        ///
        /// - Parameter value: The word.
        public init(stringLiteral value: StaticString) {
            self = .text(value.description)
        }
    }

    /// Makes a command.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - arguments: What follows.
    public init(_ name: StaticString, _ arguments: [Argument] = []) {
        var bytes = Array(name.description.utf8)
        var lengths = [bytes.count]
        var slot: Int?
        var isTooLong = false
        for argument in arguments {
            let start = bytes.count
            switch argument {
            case .key(let key):
                bytes.append(contentsOf: key.text.utf8)
                if slot == nil { slot = HashSlot.of(key.text) }
                isTooLong = isTooLong || key.isTooLong
            case .bytes(let value): bytes.append(contentsOf: value)
            case .channel(let text), .text(let text): bytes.append(contentsOf: text.utf8)
            case .integer(let value): bytes.append(contentsOf: String(value).utf8)
            }
            lengths.append(bytes.count - start)
        }
        self.bytes = bytes
        self.lengths = lengths
        self.slot = slot
        self.isTooLong = isTooLong || bytes.count > RedisCommand.limitInBytes
    }

    /// Nothing larger is sent.
    static let limitInBytes = 4 * 1024 * 1024
}
