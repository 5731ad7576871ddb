// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Testing

@testable import LMSKit

@Suite struct WinnowingTests {
    /// Letters that look random and are the same each time.
    private static func letters(_ count: Int, seed: UInt64) -> String {
        var state = seed
        return String(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Character(Unicode.Scalar(UInt8(97 + (state >> 33) % 26)))
            }
        )
    }

    @Test func `the example of the paper is kept as published`() {
        let hashes: [UInt64] = [77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98]
        let kept = Winnowing(k: 5, w: 4).select(hashes)
        #expect(kept.map(\.hash) == [17, 17, 8, 39, 17])
        #expect(kept.map(\.index) == [3, 6, 8, 11, 15])
    }

    @Test func `every window keeps one, its rightmost smallest`() {
        let hashes = Self.letters(500, seed: 7).unicodeScalars.map { UInt64($0.value) }
        for w in [1, 2, 5, 16] {
            let kept = Set(Winnowing(k: 1, w: w).select(hashes).map(\.index))
            var wanted: Set<Int> = []
            for start in 0...(hashes.count - w) {
                let window = start..<(start + w)
                let least = window.map { hashes[$0] }.min()
                if let index = window.last(where: { hashes[$0] == least }) { wanted.insert(index) }
            }
            #expect(kept == wanted)
        }
    }

    @Test(arguments: 0..<20)
    func `forty letters that two texts have in common are found, wherever they are`(seed: Int) {
        let prose = Winnowing.prose
        let common = Self.letters(prose.w + prose.k - 1, seed: UInt64(seed) + 100)
        let one = Self.letters(37 * seed, seed: 1) + common + Self.letters(90, seed: 2)
        let other = Self.letters(11 * seed, seed: 3) + common + Self.letters(50, seed: 4)
        let shared = Set(prose.fingerprints(of: one).map(\.hash))
            .intersection(prose.fingerprints(of: other).map(\.hash))
        #expect(!shared.isEmpty)
    }

    @Test func `case, spaces and punctuation make no difference, and a range is of the text`() throws {
        let prose = Winnowing.prose
        let plain = "The quick brown fox jumps over the lazy dog and then it sleeps under the old oak tree."
        let changed = plain.uppercased().split(separator: " ").joined(separator: " …\n\t ")
        #expect(prose.fingerprints(of: plain).map(\.hash) == prose.fingerprints(of: changed).map(\.hash))
        let first = try #require(prose.fingerprints(of: plain).first)
        let scalars = Array(plain.unicodeScalars)
        let letters = scalars[first.range].filter(\.properties.isAlphabetic)
        #expect(letters.count == prose.k)
        #expect(scalars[first.range.lowerBound].properties.isAlphabetic)
    }

    @Test func `Arabic is compared as well, and what is too short has no fingerprint`() {
        let prose = Winnowing.prose
        let sentence = "العلم نور والجهل ظلام ومن طلب العلا سهر الليالي وجد في الدرس والتحصيل حتى بلغ ما أراد"
        #expect(!prose.fingerprints(of: sentence).isEmpty)
        #expect(prose.fingerprints(of: "Short.").isEmpty && prose.fingerprints(of: "").isEmpty)
        #expect(prose.hashes(of: "Short.").isEmpty)
    }

    @Test func `fingerprints that follow each other are one passage, and what is elsewhere is another`() {
        func shared(_ here: Int, _ there: Int) -> SharedPassage {
            SharedPassage(here: here..<(here + 25), there: there..<(there + 25))
        }
        let merged = SharedPassage.merging([shared(0, 100), shared(10, 110), shared(30, 131), shared(200, 20)])
        #expect(
            merged == [
                SharedPassage(here: 0..<55, there: 100..<156), SharedPassage(here: 200..<225, there: 20..<45),
            ]
        )
        let many = (0..<200).map { shared($0 * 100, $0 * 300) }
        #expect(SharedPassage.merging(many).count == SharedPassage.limit)
    }
}
