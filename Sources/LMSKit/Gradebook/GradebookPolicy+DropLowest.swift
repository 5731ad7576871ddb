// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension GradebookPolicy {
    /// What the items of a category give, and how many of them may be left out.
    struct Group {
        /// In the order in which equal ones are kept.
        let parts: [Part]
        let dropLowest: Int

        /// What is kept if the whole came to a fraction: what raises it, and of the rest as much as must be kept.
        fileprivate func kept(for fraction: (earned: Int, possible: Int)) -> [Part] {
            let values = parts.map {
                Int128($0.earned) * Int128(fraction.possible) - Int128(fraction.earned) * Int128($0.possible)
            }
            let candidates = parts.indices.filter { parts[$0].possible > 0 }
            let needed = max(candidates.count - dropLowest, min(candidates.count, 1))
            let order = candidates.sorted { (values[$0], $1) > (values[$1], $0) }
            let kept = Set(order.prefix(needed))
            return parts.indices.filter { parts[$0].possible == 0 || kept.contains($0) || values[$0] >= 0 }.map {
                parts[$0]
            }
        }
    }

    /// Leaves out of each group up to as many items as it says, those without which the sum of all that is left is best, and none
    /// without which it would be worse.
    ///
    /// With different points these are not always those with the lowest percentages: of 80/100, 20/100 and 1/20, leaving out
    /// 20/100 gives 81/120, leaving out 1/20 only 100/200. The best fraction is found by Dinkelbach's method: for a fraction
    /// *p/q* the items with the largest *q·earned − p·possible* are kept; that makes a better fraction until it is the best. The
    /// products stay below 2¹¹⁰. One item of each group is always kept, and extra credit too.
    ///
    /// - Parameter groups: The groups.
    /// - Returns: What is kept of each.
    static func best(of groups: [Group]) -> [[Part]] {
        var best = groups.map(\.parts)
        guard groups.contains(where: { $0.dropLowest > 0 }) else { return best }
        var fraction = (earned: 0, possible: 1)
        while true {
            let kept = groups.map { $0.kept(for: fraction) }
            let earned = kept.joined().reduce(0) { $0 + $1.earned }
            let possible = kept.joined().reduce(0) { $0 + $1.possible }
            guard possible > 0,
                Int128(earned) * Int128(fraction.possible) > Int128(fraction.earned) * Int128(possible)
            else { return best }
            best = kept
            fraction = (earned, possible)
        }
    }
}
