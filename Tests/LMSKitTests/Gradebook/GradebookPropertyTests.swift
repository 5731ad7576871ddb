// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import Testing

/// Laws that hold for any gradebook; the seeds are the tests' arguments, so that a failure is repeated by its own.
@Suite struct GradebookPropertyTests {
    /// A random gradebook without extra credit.
    private func book(_ random: inout Seeded, dropping: Int = 0) -> GradedCase {
        let mode: GradebookSetup.Mode = random.next(2) == 0 ? .points : .weighted
        var book = GradedCase(mode, weights: (1 + random.next(99), 1 + random.next(99)), dropping: dropping)
        book.setup.rounding = GradeRounding(GradeRounding.Direction.allCases[random.next(3)], decimals: random.next(3))
        for _ in 0...random.next(9) {
            let maximum = 1 + random.next(100_000_000)
            let score = Points(millionths: random.next(maximum + 1))
            book.add(
                random.next(5) == 0 ? nil : score.description,
                of: Points(millionths: maximum).description,
                in: random.next(2) == 0 ? GradedCase.first : GradedCase.second,
                due: random.next(2) == 0 ? GradedCase.now.addingTimeInterval(-1) : nil
            )
        }
        return book
    }

    @Test(arguments: 0..<200)
    func `a grade without extra credit is between 0 and 100`(seed: UInt64) {
        var random = Seeded(seed)
        let sum = self.book(&random, dropping: random.next(4)).sum()
        for grade in [sum.current, sum.final].compactMap({ $0 }) { #expect((.zero ... .full).contains(grade)) }
    }

    @Test(arguments: 0..<200)
    func `the order of the items changes no grade`(seed: UInt64) {
        var random = Seeded(seed)
        var book = self.book(&random, dropping: random.next(4))
        let before = book.sum()
        book.items.shuffle(using: &random)
        #expect(book.sum() == before)
    }

    @Test(arguments: 0..<200)
    func `dropping one more never lowers the grade`(seed: UInt64) {
        var random = Seeded(seed)
        var book = self.book(&random)
        var before = book.sum()
        for count in 1...4 {
            for index in book.setup.categories.indices { book.setup.categories[index].dropLowest = count }
            let after = book.sum()
            #expect((after.current ?? .zero) >= (before.current ?? .zero))
            #expect((after.final ?? .zero) >= (before.final ?? .zero))
            before = after
        }
    }

    @Test(arguments: 0..<200)
    func `a perfect score never lowers the current grade`(seed: UInt64) {
        var random = Seeded(seed)
        var book = self.book(&random, dropping: random.next(3))
        let before = book.sum().current ?? .zero
        book.add("12.5", of: "12.5")
        #expect(book.sum().current ?? .zero >= before)
    }

    @Test(arguments: 0..<200)
    func `what is dropped is as good as the best of all choices`(seed: UInt64) {
        var random = Seeded(seed)
        var book = GradedCase(dropping: 1 + random.next(3))
        for _ in 0...(1 + random.next(6)) {
            let maximum = 1 + random.next(20)
            book.add(String(random.next(maximum + 1)), of: String(maximum))
        }
        book.setup.rounding = GradeRounding(.down)
        let keeping = max(book.items.count - book.setup.categories[0].dropLowest, 1)
        var best = 0
        for choice in 0..<(1 << book.items.count) where choice.nonzeroBitCount >= keeping {
            var (earned, possible) = (0, 0)
            for (index, item) in book.items.enumerated() where choice & (1 << index) != 0 {
                earned += book.grades[item.id]?.score?.millionths ?? 0
                possible += item.draft.maxPoints.millionths
            }
            best = max(best, earned * 10_000 / possible)
        }
        #expect(book.sum().current?.hundredths == best)
    }

    /// Numbers that a seed decides (SplitMix64).
    private struct Seeded: RandomNumberGenerator {
        private var state: UInt64

        init(_ seed: UInt64) {
            state = seed
        }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func next(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    }
}
