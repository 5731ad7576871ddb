// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Draws who reviews whose work; no I/O.
///
/// Those whose work is reviewed stand in a circle, in an order that a seed draws. Each reviews the work of those who stand one, two, …
/// places further, so that each submission has as many reviewers as its learner has reviews, nobody has their own work, and no pair comes
/// twice. Who is not reviewed themselves, because their work is an example, takes the next places around the same circle.
enum PeerAllocation {
    /// What was handed in by one learner or one group.
    struct Work: Sendable, Hashable {
        let submission: Submission.ID
        /// Whose it is: those who can review.
        let authors: [Principal.ID]
        /// Whether it is reviewed by the peers.
        let isReviewed: Bool
    }

    /// Who reviews what.
    struct Pair: Sendable, Hashable {
        let submission: Submission.ID
        let reviewer: Principal.ID
    }

    /// Draws.
    ///
    /// - Parameters:
    ///   - works: What was handed in, in any order.
    ///   - count: How many review a submission.
    ///   - seed: What is drawn from; the same draws the same from the same works.
    /// - Returns: The pairs: fewer than wanted where there are too few others.
    static func pairs(among works: [Work], each count: Int, seed: ShuffleSeed) -> [Pair] {
        let sorted = works.filter { !$0.authors.isEmpty }.sorted { $0.submission < $1.submission }
        let circle = seed.derived(0).shuffled(sorted.filter(\.isReviewed))
        var draw = Draw(seed: seed)
        for distance in 1..<max(1, min(count + 1, circle.count)) {
            for place in circle.indices { draw.give(circle[(place + distance) % circle.count], to: circle[place]) }
        }
        var next = 0
        for work in seed.derived(1).shuffled(sorted.filter { !$0.isReviewed }) {
            for _ in 0..<min(count, circle.count) {
                draw.give(circle[next % circle.count], to: work)
                next += 1
            }
        }
        return draw.pairs
    }

    private struct Draw {
        let seed: ShuffleSeed
        private(set) var pairs: [Pair] = []
        private var taken: Set<Pair> = []
        private var loads: [Principal.ID: Int] = [:]
        /// Of each group the members in a drawn order, by which those are chosen who have as few reviews as others.
        private var orders: [Submission.ID: [Principal.ID]] = [:]

        init(seed: ShuffleSeed) {
            self.seed = seed
        }

        /// Gives a review of a work to that author of another one who has the fewest; to nobody if each is an author of both.
        mutating func give(_ work: Work, to reviewers: Work) {
            let order = orders[reviewers.submission] ?? shuffled(reviewers)
            orders[reviewers.submission] = order
            let free = order.filter { author in
                !work.authors.contains(author)
                    && !taken.contains(Pair(submission: work.submission, reviewer: author))
            }
            guard let reviewer = free.min(by: { loads[$0, default: 0] < loads[$1, default: 0] }) else { return }
            let pair = Pair(submission: work.submission, reviewer: reviewer)
            taken.insert(pair)
            pairs.append(pair)
            loads[reviewer, default: 0] += 1
        }

        private func shuffled(_ work: Work) -> [Principal.ID] {
            seed.derived(for: work.submission.uuid).shuffled(work.authors.sorted())
        }
    }
}
