// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import FoundationEssentials
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct ShuffleSeedTests {
    @Test func `the generator gives the numbers that are published for it`() {
        // https://prng.di.unimi.it/splitmix64.c with the seed 1234567.
        var generator = SplitMix64(state: 1_234_567)
        let drawn = (0..<5).map { _ in generator.next() }
        #expect(
            drawn == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ]
        )
    }

    @Test func `an order that was stored once never changes`() {
        #expect(ShuffleSeed(bits: 42).shuffled(Array(0..<10)) == [8, 3, 6, 5, 4, 0, 9, 2, 1, 7])
    }

    @Test(arguments: [0, 1, 2, 3, 10, 50])
    func `shuffling keeps every element and is the same every time`(count: Int) {
        for bits in 0..<200 as Range<UInt64> {
            let seed = ShuffleSeed(bits: bits)
            let shuffled = seed.shuffled(Array(0..<count))
            #expect(shuffled.sorted() == Array(0..<count))
            #expect(shuffled == seed.shuffled(Array(0..<count)))
        }
    }

    @Test func `every order of four is about as frequent as the others`() {
        var counts: [[Int]: Int] = [:]
        for bits in 0..<24_000 as Range<UInt64> {
            counts[ShuffleSeed(bits: bits).shuffled([0, 1, 2, 3]), default: 0] += 1
        }
        #expect(counts.count == 24)
        // 1,000 each are expected with a standard deviation of 31.
        #expect(counts.values.allSatisfy { (850...1_150).contains($0) }, "\(counts.values.sorted())")
    }

    @Test func `a seed survives the column it is stored in`() {
        for bits in [0, 1, UInt64(Int64.max), UInt64(Int64.max) + 1, .max] {
            #expect(ShuffleSeed(stored: ShuffleSeed(bits: bits).stored).bits == bits)
        }
    }

    @Test func `each question of an attempt has a seed of its own`() {
        let seed = ShuffleSeed(bits: 7)
        let ids = (0..<1_000).map { _ in UUID() }
        let derived = Set(ids.map { seed.derived(for: $0) })
        #expect(derived.count == ids.count)
        #expect(ids.allSatisfy { seed.derived(for: $0) == seed.derived(for: $0) })
        #expect(Set(ids.map { ShuffleSeed(bits: 8).derived(for: $0) }).isDisjoint(with: derived))
    }
}
