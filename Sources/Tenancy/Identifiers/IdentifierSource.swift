// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
internal import Synchronization

/// Where the current time comes from; tests pass a fixed or stepping clock.
public struct WallClock: Sendable {
    /// The current time, UTC.
    public let now: @Sendable () -> Date

    /// Makes a clock from a closure.
    ///
    /// - Parameter now: Returns the current time.
    public init(now: @escaping @Sendable () -> Date) {
        self.now = now
    }

    /// The machine's clock.
    public static let system = WallClock { Date() }
}

/// Issues new identifiers: UUIDv7 with the clock's millisecond, a counter within it and 62 random bits.
///
/// Those of one source, and of its copies, sort in the order in which they were issued (RFC 9562 §6.2, method 1).
public struct IdentifierSource: Sendable {
    private let clock: WallClock
    private let last = Last()

    /// The millisecond and the counter that were issued last, which the counter's carry may have moved ahead of the clock.
    private final class Last: Sendable {
        let value = Atomic<UInt64>(0)
    }

    /// Makes a source.
    ///
    /// - Parameter clock: The clock whose milliseconds lead each identifier.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// Returns an identifier that was never issued before.
    ///
    /// - Parameter entity: What the identifier names; usually inferred.
    /// - Returns: A new UUIDv7.
    public func next<Entity>(_ entity: Entity.Type = Entity.self) -> Identifier<Entity> {
        let now = UInt64(clock.now().timeIntervalSince1970 * 1000) << 12
        var previous = last.value.load(ordering: .relaxed)
        while true {
            let count = max(previous &+ 1, now)
            let exchange = last.value.compareExchange(expected: previous, desired: count, ordering: .relaxed)
            guard exchange.exchanged else {
                previous = exchange.original
                continue
            }
            var generator = SystemRandomNumberGenerator()
            let high = (count >> 12) << 16 | 0x7000 | (count & 0x0FFF)
            let low = 0x8000_0000_0000_0000 | (generator.next() >> 2)
            return Identifier(UUID(high: high, low: low))
        }
    }
}

extension UUID {
    /// Puts two big-endian halves together.
    package init(high: UInt64, low: UInt64) {
        func byte(_ half: UInt64, _ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * index)) }
        self.init(
            uuid: (
                byte(high, 0), byte(high, 1), byte(high, 2), byte(high, 3),
                byte(high, 4), byte(high, 5), byte(high, 6), byte(high, 7),
                byte(low, 0), byte(low, 1), byte(low, 2), byte(low, 3),
                byte(low, 4), byte(low, 5), byte(low, 6), byte(low, 7)
            )
        )
    }
}
