// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// Gives each of several places a thing of its own, where that is possible at all; no I/O.
///
/// A place that finds all its things taken has one of their owners take another, who may have to ask a third: an augmenting path (Berge, "Two
/// theorems in graph theory", PNAS 43, 1957; the search is Kuhn's). Where there is no such path there is no assignment with this place.
struct AugmentingPaths {
    private let choices: [[Int]]
    /// For each thing the place that has it.
    private var owners: [Int?]
    /// For each thing the search that came by last.
    private var visits: [Int]
    private var search = 0
    /// For each place the thing that it has.
    private(set) var chosen: [Int?]

    /// Begins without any thing given.
    ///
    /// - Parameters:
    ///   - choices: The things that each place may have, those before others that it is to have rather.
    ///   - count: How many things there are; they are named from 0.
    init(_ choices: [[Int]], among count: Int) {
        self.choices = choices
        owners = Array(repeating: nil, count: count)
        visits = Array(repeating: 0, count: count)
        chosen = Array(repeating: nil, count: choices.count)
    }

    /// Gives a place a thing; those that have one keep one, perhaps another.
    ///
    /// - Parameter place: The place, which has none.
    /// - Returns: Whether there is an assignment.
    mutating func add(_ place: Int) -> Bool {
        search += 1
        return findThing(for: place)
    }

    /// Goes as deep as there are places at most.
    private mutating func findThing(for place: Int) -> Bool {
        for thing in choices[place] where owners[thing] == nil {
            give(thing, to: place)
            return true
        }
        for thing in choices[place] where visits[thing] != search {
            visits[thing] = search
            guard let owner = owners[thing], findThing(for: owner) else { continue }
            give(thing, to: place)
            return true
        }
        return false
    }

    private mutating func give(_ thing: Int, to place: Int) {
        owners[thing] = place
        chosen[place] = thing
    }
}
