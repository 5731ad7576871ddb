// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import Testing

@testable import LMSKit

/// Laws of any draw; the seeds are the tests' arguments, so that a failure is repeated by its own.
@Suite struct PeerAllocationTests {
    private static func works(_ count: Int, groupsOf size: Int = 1, examples: Int = 0) -> [PeerAllocation.Work] {
        (0..<count).map { index in
            PeerAllocation.Work(
                submission: Submission.ID(UUID()),
                authors: (0..<size).map { _ in Principal.ID(UUID()) },
                isReviewed: index >= examples
            )
        }
    }

    private static func count<Key: Hashable>(
        _ pairs: [PeerAllocation.Pair],
        by key: (PeerAllocation.Pair) -> Key
    ) -> [Key: Int] {
        pairs.reduce(into: [:]) { $0[key($1), default: 0] += 1 }
    }

    private static let sizes: [(learners: Int, each: Int)] = (0...12).flatMap { learners in
        [1, 2, 3, 10].map { (learners, $0) }
    }

    @Test(arguments: sizes)
    func `each work has as many reviewers as its learner has reviews, as many as there are others`(
        learners: Int,
        each: Int
    ) {
        let works = Self.works(learners)
        for seed in 0..<20 {
            let pairs = PeerAllocation.pairs(among: works, each: each, seed: ShuffleSeed(bits: UInt64(seed)))
            let expected = max(0, min(each, learners - 1))
            #expect(Set(pairs).count == pairs.count && pairs.count == learners * expected)
            let (given, done) = (Self.count(pairs) { $0.submission }, Self.count(pairs) { $0.reviewer })
            for work in works {
                #expect(given[work.submission, default: 0] == expected)
                #expect(done[work.authors[0], default: 0] == expected)
                #expect(!pairs.contains { $0.submission == work.submission && $0.reviewer == work.authors[0] })
            }
        }
    }

    @Test(arguments: 0..<50)
    func `members of a group share its reviews, and none has their own group's`(seed: UInt64) {
        let works = Self.works(7, groupsOf: 3)
        let pairs = PeerAllocation.pairs(among: works, each: 4, seed: ShuffleSeed(bits: seed))
        #expect(pairs.count == 28)
        let done = Self.count(pairs) { $0.reviewer }
        for work in works {
            let loads = work.authors.map { done[$0, default: 0] }.sorted()
            #expect(loads == [1, 1, 2])
            #expect(!pairs.contains { $0.submission == work.submission && work.authors.contains($0.reviewer) })
        }
    }

    @Test(arguments: 0..<50)
    func `who wrote an example reviews as the others do, and the others' loads differ by one at most`(seed: UInt64) {
        let works = Self.works(9, examples: 2)
        let pairs = PeerAllocation.pairs(among: works, each: 3, seed: ShuffleSeed(bits: seed))
        let (given, done) = (Self.count(pairs) { $0.submission }, Self.count(pairs) { $0.reviewer })
        #expect(works.allSatisfy { done[$0.authors[0]] == 3 })
        #expect(works.prefix(2).allSatisfy { given[$0.submission] == nil })
        let loads = works.dropFirst(2).map { given[$0.submission, default: 0] }
        #expect(loads.reduce(0, +) == 27 && loads.allSatisfy { (3...4).contains($0) })
    }

    @Test(arguments: 0..<50)
    func `somebody who is in two groups reviews neither, and nobody twice the same`(seed: UInt64) {
        var works = Self.works(5, groupsOf: 2)
        let both = works[0].authors[0]
        works[1] = PeerAllocation.Work(
            submission: works[1].submission,
            authors: [both, works[1].authors[1]],
            isReviewed: true
        )
        let pairs = PeerAllocation.pairs(among: works, each: 10, seed: ShuffleSeed(bits: seed))
        #expect(Set(pairs).count == pairs.count)
        for work in works {
            #expect(!pairs.contains { $0.submission == work.submission && work.authors.contains($0.reviewer) })
        }
    }

    @Test func `the same seed draws the same from the same works in any order, another one something else`() {
        let works = Self.works(20)
        let seed = ShuffleSeed(bits: 42)
        let pairs = PeerAllocation.pairs(among: works, each: 3, seed: seed)
        #expect(PeerAllocation.pairs(among: works.reversed(), each: 3, seed: seed) == pairs)
        #expect(PeerAllocation.pairs(among: works, each: 3, seed: ShuffleSeed(bits: 43)) != pairs)
    }

    @Test func `who left the course neither reviews nor is reviewed`() {
        let left = PeerAllocation.Work(submission: Submission.ID(UUID()), authors: [], isReviewed: true)
        let pairs = PeerAllocation.pairs(among: Self.works(3) + [left], each: 2, seed: ShuffleSeed(bits: 1))
        #expect(pairs.count == 6 && !pairs.contains { $0.submission == left.submission })
    }
}
