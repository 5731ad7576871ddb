// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import CLMSHiredis

/// What is to be sent.
struct CommandBuffer {
    /// The bytes, of which those before `start` are sent.
    private(set) var bytes: [UInt8] = []
    private(set) var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }
    var unsent: Range<Int> { start..<bytes.count }

    /// Adds a command in the form of the protocol; whether there was memory for it.
    mutating func append(_ command: RedisCommand) -> Bool {
        var formatted: UnsafeMutablePointer<CChar>?
        let length = unsafe command.bytes.withUnsafeBytes { bytes in
            unsafe command.lengths.withUnsafeBufferPointer { lengths in
                // SAFETY: the lengths are those of the arguments that lie one behind the other in the bytes.
                var places: [UnsafePointer<CChar>?] = unsafe []
                var offset = 0
                unsafe places.reserveCapacity(lengths.count)
                for index in lengths.indices {
                    unsafe places.append(
                        bytes.baseAddress.map { unsafe ($0 + offset).assumingMemoryBound(to: CChar.self) }
                    )
                    offset += unsafe lengths[index]
                }
                return unsafe redisFormatCommandArgv(
                    &formatted,
                    Int32(lengths.count),
                    &places,
                    lengths.baseAddress
                )
            }
        }
        guard length > 0, let formatted = unsafe formatted else { return false }
        defer { unsafe redisFreeCommand(formatted) }
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: formatted, count: Int(length)))
        return true
    }

    mutating func markSent(_ count: Int) {
        start += count
        if start == bytes.count {
            // One large command must not leave its buffer behind for ever.
            if bytes.capacity > 1 << 18 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
            start = 0
        } else if start > 1 << 18 {
            bytes.removeFirst(start)
            start = 0
        }
    }
}
