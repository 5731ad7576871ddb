// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// What deciding takes of a course's items and of how they are graded, worked out once for all of its learners.
package struct GradingPlan: Sendable {
    /// An item that counts.
    struct Item: Sendable {
        let id: GradeItem.ID
        /// Its place among all of the items in the order of their identifiers: where a learner with a grade in each has this one's.
        let rank: Int
        let maxPoints: Points
        let dueAt: Date?
        let isExtraCredit: Bool
        /// The index of its category; behind the last for none.
        let category: Int
    }

    let items: [Item]
    let setup: GradebookSetup

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - items: The course's items, or those that whoever asks may see.
    ///   - setup: How the course is graded.
    package init(_ items: [GradeItem], _ setup: GradebookSetup) {
        self.setup = setup
        let ranks = Dictionary(items.map(\.id).sorted().enumerated().map { ($1, $0) }) { first, _ in first }
        // The order decides which of two equal items is dropped and nothing else.
        let ordered = items.sorted { ($0.draft.position, $0.id) < ($1.draft.position, $1.id) }
        self.items = ordered.filter { $0.draft.counts && $0.draft.isPublished }.map { item in
            Item(
                id: item.id,
                rank: ranks[item.id] ?? 0,
                maxPoints: item.draft.maxPoints,
                dueAt: item.draft.dueAt,
                isExtraCredit: item.draft.isExtraCredit,
                category: setup.categories.firstIndex { $0.id == item.draft.category } ?? setup.categories.count
            )
        }
    }
}
