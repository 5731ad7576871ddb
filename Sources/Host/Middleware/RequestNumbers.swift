// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy
internal import Synchronization

/// Numbers requests and traces: unique, unpredictable from outside, and cheap.
final class RequestNumbers: Sendable {
    private let counter = Atomic<UInt64>(0)
    private let key: (UInt64, UInt64)

    init() {
        var generator = SystemRandomNumberGenerator()
        key = (generator.next(), generator.next())
    }

    /// 32 lower-case hexadecimal digits, never all zero.
    func next() -> [UInt8] {
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let high = RequestNumbers.mix(count &+ key.0) | 1
        let low = RequestNumbers.mix(count ^ key.1)
        var digits = [UInt8](repeating: 0, count: 32)
        var span = digits.mutableSpan
        span.write(hexadecimal: high, at: 0)
        span.write(hexadecimal: low, at: 16)
        return digits
    }

    /// SplitMix64's finalizer: one to one, so no two counts give the same number.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension MutableSpan<UInt8> {
    /// Writes 16 lower-case digits.
    mutating func write(hexadecimal value: UInt64, at start: Int) {
        var rest = value
        var index = start &+ 15
        while index >= start {
            let nibble = UInt8(truncatingIfNeeded: rest & 15)
            self[index] = nibble &+ (nibble < 10 ? 48 : 87)
            rest >>= 4
            index &-= 1
        }
    }
}

extension RequestHead {
    /// The client's own number for the request, if it can stand in a log and a field: 1–128 of `A–Z a–z 0–9 - _ . :`.
    var requestID: [UInt8]? {
        guard let found = find(.requestID), (1...128).contains(found.value.count),
            bytes[found.value].allSatisfy({ byte in
                byte.isNameByte || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
            })
        else { return nil }
        return Array(bytes[found.value])
    }

    /// The trace of `traceparent` (W3C Trace Context §3.2): version 00, lower case, not all zero.
    var traceID: [UInt8]? {
        guard let found = find(.traceparent), found.value.count == 55 else { return nil }
        let text = bytes[found.value]
        let dashes = [2, 35, 52]
        for (index, byte) in text.enumerated() {
            if dashes.contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte) else { return nil }
            }
        }
        let trace = text.dropFirst(3).prefix(32)
        guard text.starts(with: "00-".utf8), trace.contains(where: { $0 != UInt8(ascii: "0") }) else { return nil }
        return Array(trace)
    }
}
