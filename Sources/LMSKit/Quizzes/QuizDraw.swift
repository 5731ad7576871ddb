// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Chooses what an attempt asks; no I/O.
struct QuizDraw: Sendable {
    let candidates: [Candidate]

    /// A question that a slot may ask.
    struct Candidate: Sendable, Hashable {
        let slot: Int
        let points: Points
        let count: Int
        let id: BankQuestion.ID
        let version: Int

        init(slot: Int, points: Points, count: Int, id: BankQuestion.ID, version: Int) {
            self.slot = slot
            self.points = points
            self.count = count
            self.id = id
            self.version = version
        }

        init(row: Row) throws(DatabaseError) {
            var fields = RowFields(row)
            slot = try fields.next()
            points = Points(millionths: try fields.next())
            count = try fields.next()
            id = try fields.next()
            version = try fields.next()
        }
    }

    init(_ candidates: [Candidate]) {
        self.candidates = candidates
    }

    /// Draws questions, as many as each slot says, none twice.
    ///
    /// If it is possible with one seed it is with each: a question that another slot has nothing else than is left to it (`AugmentingPaths`).
    /// Slots with fewer to choose from draw first.
    ///
    /// - Parameters:
    ///   - slots: How many slots there are.
    ///   - seed: Decides the draw and the order.
    ///   - shuffles: Whether the order is the seed's too, and not that of the slots.
    /// - Returns: The questions in the order in which they are asked.
    /// - Throws: `QuizError.impossibleSlot` for a slot with too few questions, given those before it in the draw.
    func questions(slots: Int, seed: ShuffleSeed, shuffles: Bool) throws(QuizError) -> [Candidate] {
        let bySlot = Dictionary(grouping: candidates, by: \.slot)
        for slot in 1...max(slots, 1) where bySlot[slot] == nil {
            throw slots == 0 ? .empty : .impossibleSlot(position: slot)
        }
        var numbers: [BankQuestion.ID: Int] = [:]
        for candidate in candidates where numbers[candidate.id] == nil { numbers[candidate.id] = numbers.count }
        var places: [[Candidate]] = []
        let order = bySlot.keys.sorted { (bySlot[$0]?.count ?? 0, $0) < (bySlot[$1]?.count ?? 0, $1) }
        for slot in order {
            // What a slot would rather ask depends on nothing but the seed and the slot.
            let choice = seed.derived(UInt64(slot)).shuffled(bySlot[slot] ?? [])
            places += Array(repeating: choice, count: choice.first?.count ?? 0)
        }
        var paths = AugmentingPaths(places.map { $0.compactMap { numbers[$0.id] } }, among: numbers.count)
        for (place, choice) in places.enumerated() {
            guard paths.add(place) else { throw .impossibleSlot(position: choice.first?.slot ?? 0) }
        }
        let drawn = zip(places, paths.chosen).compactMap { choice, number in
            choice.first { numbers[$0.id] == number }
        }
        // Those of one slot stay in the order of their places.
        let all = drawn.enumerated().sorted { ($0.element.slot, $0.offset) < ($1.element.slot, $1.offset) }.map(
            \.element
        )
        return shuffles ? seed.shuffled(all) : all
    }
}
