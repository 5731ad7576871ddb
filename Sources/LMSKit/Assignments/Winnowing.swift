// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Fingerprints of a text by winnowing.
///
/// S. Schleimer, D. S. Wilkerson and A. Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD 2003.
///
/// Of the hashes of all runs of `k` letters and digits, the rightmost smallest of each window of `w` is kept. Whatever two texts
/// have in common that has at least `w + k - 1` letters and digits shares a fingerprint; what has fewer than `k` shares none.
/// Cases, spaces and punctuation make no difference.
struct Winnowing: Sendable {
    /// How many letters and digits are hashed together.
    let k: Int
    /// How many hashes a window has.
    let w: Int

    /// Passages of forty letters are found, of less than 25 none are.
    static let prose = Winnowing(k: 25, w: 16)

    /// A part of a text, and what stands for it.
    struct Fingerprint: Hashable, Sendable {
        let hash: UInt64
        /// In code points of the text.
        let range: Range<Int>
    }

    /// Returns a text's fingerprints, in their order.
    func fingerprints(of text: String) -> [Fingerprint] {
        let letters = Letters(text)
        return select(letters.hashes(of: k)).map { kept in
            let last = letters.places[kept.index + k - 1]
            return Fingerprint(hash: kept.hash, range: letters.places[kept.index]..<last + 1)
        }
    }

    /// Returns the hashes of all runs of a text, kept or not.
    func hashes(of text: String) -> Set<UInt64> { Set(Letters(text).hashes(of: k)) }

    /// Keeps the smallest hash of each window, of several the rightmost, and none twice.
    func select(_ hashes: [UInt64]) -> [(hash: UInt64, index: Int)] {
        var kept: [(hash: UInt64, index: Int)] = []
        // Where in the window the hashes are that may become the smallest, rising; the first is the smallest now.
        var candidates: [Int] = []
        var first = 0
        for index in hashes.indices {
            while candidates.count > first, let last = candidates.last, hashes[last] >= hashes[index] {
                candidates.removeLast()
            }
            candidates.append(index)
            if candidates[first] <= index - w { first += 1 }
            guard index >= w - 1, kept.last?.index != candidates[first] else { continue }
            kept.append((hashes[candidates[first]], candidates[first]))
        }
        return kept
    }
}

/// The letters and digits of a text in lower case, and where in it they are.
private struct Letters {
    private var values: [UInt32] = []
    /// Of each letter its code point's position in the text.
    private(set) var places: [Int] = []
    /// 2^61 - 1: a prime, and products modulo it are cheap.
    private static let modulus: UInt64 = (1 << 61) - 1
    private static let base: UInt64 = 1_162_261_467

    init(_ text: String) {
        for (place, scalar) in text.unicodeScalars.enumerated() {
            if scalar.isASCII {
                switch scalar.value {
                case 0x41...0x5A: append(scalar.value + 0x20, at: place)
                case 0x30...0x39, 0x61...0x7A: append(scalar.value, at: place)
                default: break
                }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars { append(lower.value, at: place) }
            }
        }
    }

    private mutating func append(_ value: UInt32, at place: Int) {
        values.append(value)
        places.append(place)
    }

    /// The hash of each run of `k`, each from the one before it (Karp and Rabin).
    func hashes(of k: Int) -> [UInt64] {
        guard values.count >= k else { return [] }
        var top: UInt64 = 1
        for _ in 1..<k { top = Self.product(top, Self.base) }
        var hash: UInt64 = 0
        var hashes: [UInt64] = []
        hashes.reserveCapacity(values.count - k + 1)
        for index in values.indices {
            if index >= k {
                let leaving = Self.product(UInt64(values[index - k]), top)
                hash = hash >= leaving ? hash - leaving : hash + Self.modulus - leaving
            }
            hash = (Self.product(hash, Self.base) + UInt64(values[index])) % Self.modulus
            if index >= k - 1 { hashes.append(Self.mixed(hash)) }
        }
        return hashes
    }

    private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        modulus.dividingFullWidth(left.multipliedFullWidth(by: right)).remainder
    }

    /// Spreads hashes evenly, so that which is the smallest depends on no letter (SplitMix64's finalizer).
    private static func mixed(_ hash: UInt64) -> UInt64 {
        var mixed = hash
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
