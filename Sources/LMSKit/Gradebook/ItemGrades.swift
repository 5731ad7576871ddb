// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// A learner's grades in a course, each found by its item.
///
/// A page of a gradebook has tens of thousands of them: an ordered array costs a fraction of a dictionary.
public struct ItemGrades: Sendable, Hashable {
    /// The grades in the order of their items' identifiers.
    public let all: [Grade]

    /// Takes grades up.
    ///
    /// - Parameter grades: At most one for each item, in any order.
    package init(_ grades: [Grade]) {
        let isOrdered = zip(grades, grades.dropFirst()).allSatisfy { $0.item < $1.item }
        all = isOrdered ? grades : grades.sorted { $0.item < $1.item }
    }

    /// Returns the grade in an item.
    ///
    /// - Parameter item: The item.
    public subscript(item: GradeItem.ID) -> Grade? {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].item < item { low = middle + 1 } else { high = middle }
        }
        return low < all.count && all[low].item == item ? all[low] : nil
    }

    /// Returns the grade in an item of a plan, where it is for a learner who has a grade in each.
    subscript(item: GradingPlan.Item) -> Grade? {
        item.rank < all.count && all[item.rank].item == item.id ? all[item.rank] : self[item.id]
    }
}
