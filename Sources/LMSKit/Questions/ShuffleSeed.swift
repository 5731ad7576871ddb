// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials
internal import LMSTenancy

/// What an order is drawn from: stored with an attempt, so that a learner who comes back finds everything in its place.
///
/// The same seed gives the same order for ever, on every machine and with every release of the standard library.
public struct ShuffleSeed: Sendable, Hashable {
    /// The 64 bits.
    public let bits: UInt64

    /// Takes up a seed.
    ///
    /// - Parameter bits: The 64 bits.
    public init(bits: UInt64) {
        self.bits = bits
    }

    /// Takes up a seed from a column of type `bigint`.
    ///
    /// - Parameter stored: What `stored` was.
    public init(stored: Int) {
        bits = UInt64(bitPattern: Int64(stored))
    }

    /// The seed for a column of type `bigint`.
    public var stored: Int { Int(Int64(bitPattern: bits)) }

    /// Draws a new seed.
    ///
    /// - Returns: A seed.
    public static func random() -> ShuffleSeed {
        var generator = SystemRandomNumberGenerator()
        return ShuffleSeed(bits: generator.next())
    }

    /// Returns the seed of one thing among several that share this one.
    ///
    /// - Parameter id: The thing's identifier.
    /// - Returns: A seed that tells nothing about that of another thing.
    public func derived(for id: UUID) -> ShuffleSeed {
        let halves = id.bytes.reduce(into: (high: UInt64(0), low: UInt64(0))) { halves, byte in
            halves.high = halves.high << 8 | halves.low >> 56
            halves.low = halves.low << 8 | UInt64(byte)
        }
        return derived(halves.high).derived(halves.low)
    }

    func derived(_ number: UInt64) -> ShuffleSeed {
        var generator = SplitMix64(state: bits)
        var mixed = SplitMix64(state: generator.next() ^ number)
        return ShuffleSeed(bits: mixed.next())
    }

    /// Brings elements into the order that the seed draws, each of the possible ones as likely as the others.
    ///
    /// - Parameter elements: The elements.
    /// - Returns: The same elements.
    public func shuffled<Element>(_ elements: [Element]) -> [Element] {
        // The standard library's `shuffled(using:)` may change how it draws; a stored seed may not.
        var generator = SplitMix64(state: bits)
        var shuffled = elements
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            shuffled.swapAt(last, generator.below(last + 1))
        }
        return shuffled
    }
}

/// The generator SplitMix64 of Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Draws one of `0..<count`, each as likely as the others (Lemire, "Fast random integer generation in an interval",
    /// 2019).
    mutating func below(_ count: Int) -> Int {
        guard count > 1 else { return 0 }
        let range = UInt64(count)
        let threshold = (0 &- range) % range
        while true {
            let product = next().multipliedFullWidth(by: range)
            if product.low >= threshold { return Int(product.high) }
        }
    }
}
