// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSKit
import LMSTenancy
import Testing

/// Items and grades for the policy, in two categories.
struct GradedCase: Sendable {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let first = GradeCategory.ID(UUID())
    static let second = GradeCategory.ID(UUID())
    var items: [GradeItem] = []
    var grades: [GradeItem.ID: Grade] = [:]
    var setup: GradebookSetup

    init(_ mode: GradebookSetup.Mode = .points, weights: (Int, Int) = (1, 1), dropping: Int = 0) {
        setup = GradebookSetup(
            mode: mode,
            categories: [
                GradeCategory(id: Self.first, name: "First", weight: Points(weights.0), dropLowest: dropping),
                GradeCategory(id: Self.second, name: "Second", weight: Points(weights.1), dropLowest: dropping),
            ]
        )
    }

    /// An item with its grade; no score is no grade.
    @discardableResult
    mutating func add(
        _ score: String?,
        of maximum: String,
        _ status: Grade.Status = .graded,
        in category: GradeCategory.ID? = GradedCase.first,
        due: Date? = nil,
        override: String? = nil,
        isExtra: Bool = false
    ) -> GradeItem.ID {
        let id = GradeItem.ID(UUID())
        var draft = GradeItemDraft(title: "Item", maxPoints: Points(maximum) ?? .zero, dueAt: due, category: category)
        draft.position = items.count
        draft.isExtraCredit = isExtra
        items.append(
            GradeItem(
                id: id,
                course: .init(UUID()),
                kind: .manual,
                subject: nil,
                draft: draft,
                isMuted: false,
                version: 1
            )
        )
        if score != nil || override != nil || status != .graded {
            grades[id] = Grade(
                item: id,
                score: score.flatMap { Points($0) },
                status: status,
                override: override.flatMap { Points($0) },
                gradedAt: Self.now
            )
        }
        return id
    }

    func sum(override: GradePercentage? = nil) -> CourseGrade {
        GradebookPolicy.grade(ItemGrades(Array(grades.values)), in: items, by: setup, override: override, at: Self.now)
    }
}

@Suite struct GradebookPolicyTests {
    @Test func `points are all that was earned by all that could be`() {
        var book = GradedCase()
        book.add("9", of: "10")
        book.add("40", of: "50", in: GradedCase.second)
        book.add("1", of: "3", in: nil)
        #expect(book.sum().current?.description == "79.37")
    }

    @Test(arguments: [((40, 60), "84"), ((1, 3), "82.5"), ((20, 20), "85"), ((0, 1), "80"), ((1000, 1), "89.99")])
    func `weights need not sum to 100`(weights: (Int, Int), expected: String) {
        var book = GradedCase(.weighted, weights: weights)
        book.add("9", of: "10")
        book.add("40", of: "50", in: GradedCase.second)
        #expect(book.sum().current?.description == expected)
    }

    @Test func `a category without grades gives its weight to the others`() {
        var book = GradedCase(.weighted, weights: (10, 90))
        book.add("7", of: "10")
        book.add(nil, of: "10", in: GradedCase.second)
        #expect(book.sum().current?.description == "70")
        #expect(book.sum().final?.description == "7")
    }

    @Test func `nothing graded is no grade, and not zero`() {
        var book = GradedCase(.weighted)
        #expect(book.sum().current == nil)
        #expect(book.sum().final == nil)
        book.add(nil, of: "10")
        #expect(book.sum().current == nil)
        #expect(book.sum().final == .zero)
    }

    @Test func `thirds are exact: a tie is rounded as the tie that it is`() {
        // 33.33… and 66.66… are 50 and not a little less.
        var book = GradedCase(.weighted)
        book.add("1", of: "3")
        book.add("2", of: "3", in: GradedCase.second)
        book.setup.rounding = GradeRounding(.down)
        #expect(book.sum().current?.description == "50")
        // 50.005 %.
        book = GradedCase()
        book.add("100.01", of: "200")
        #expect(book.sum().current?.description == "50.01")
        book.setup.rounding = GradeRounding(.down)
        #expect(book.sum().current?.description == "50")
        book.setup.rounding = GradeRounding(.up, decimals: 0)
        #expect(book.sum().current?.description == "51")
        book.setup.rounding = GradeRounding(.halfUp, decimals: 1)
        #expect(book.sum().current?.description == "50")
    }

    @Test(arguments: [
        (GradeRounding.Direction.halfUp, 0, "90"), (.halfUp, 1, "89.5"), (.halfUp, 2, "89.5"), (.down, 0, "89"),
        (.up, 0, "90"), (.down, 1, "89.5"),
    ])
    func `a percentage is rounded before it gets its letter`(
        direction: GradeRounding.Direction,
        decimals: Int,
        expected: String
    ) throws {
        var book = GradedCase()
        book.add("89.5", of: "100")
        book.setup.rounding = GradeRounding(direction, decimals: decimals)
        book.setup.scheme = try GradingScheme([
            .init("A", from: GradePercentage(hundredths: 9_000)), .init("B", from: .zero),
        ])
        let sum = book.sum()
        #expect(sum.current?.description == expected)
        #expect(sum.letter == (expected == "90" ? "A" : "B"))
    }

    @Test func `what is dropped leaves the best grade, not the lowest percentage out`() {
        var book = GradedCase(dropping: 1)
        book.add("80", of: "100")
        let dropped = book.add("20", of: "100")
        book.add("1", of: "20")
        #expect(book.sum().current?.description == "67.5")
        #expect(book.sum().dropped == [dropped])
    }

    @Test func `nothing is dropped that would lower the grade`() {
        var book = GradedCase(dropping: 1)
        book.add("10", of: "10")
        book.add("10", of: "10")
        book.add("0", of: "10", in: nil)
        #expect(book.sum().current?.description == "66.67")
        #expect(book.sum().dropped.isEmpty)
    }

    @Test func `the last item is never dropped, and extra credit neither`() {
        var book = GradedCase(dropping: 5)
        book.add("2", of: "10")
        book.add("1", of: "1", isExtra: true)
        #expect(book.sum().current?.description == "30")
        #expect(book.sum().dropped.isEmpty)
    }

    @Test func `extra credit is added to what is earned and may lead above 100`() {
        var book = GradedCase()
        book.add("10", of: "10")
        book.add("2", of: "5", isExtra: true)
        #expect(book.sum().current?.description == "120")
        book.add(nil, of: "5", isExtra: true)
        #expect(book.sum().final?.description == "120")
    }

    @Test(arguments: [
        (MissingWork.ignored, "80", "40"), (.zeroAfterDue, "53.33", "40"),
        (.fixedAfterDue(GradePercentage(hundredths: 3_000)), "63.33", "55"),
    ])
    func `missing work counts by the course's policy once it is due`(
        policy: MissingWork,
        current: String,
        final: String
    ) {
        var book = GradedCase()
        book.setup.missingWork = policy
        book.add("16", of: "20")
        book.add(nil, of: "10", due: GradedCase.now.addingTimeInterval(-1))
        book.add(nil, of: "10", due: GradedCase.now)
        #expect(book.sum().current?.description == current)
        #expect(book.sum().final?.description == final)
    }

    @Test func `what somebody marked as missing counts before it is due, what they excused never`() {
        var book = GradedCase()
        book.add("10", of: "10")
        book.add(nil, of: "10", .missing, due: GradedCase.now.addingTimeInterval(60))
        #expect(book.sum().current?.description == "50")
        book.add(nil, of: "1000", .excused)
        #expect(book.sum().current?.description == "50")
        #expect(book.sum().final?.description == "50")
    }

    @Test func `an override counts in place of the score, and one of the course in place of everything`() throws {
        var book = GradedCase()
        book.add("1", of: "10", override: "9")
        book.setup.scheme = try GradingScheme([
            .init("P", from: GradePercentage(hundredths: 9_500)), .init("F", from: .zero),
        ])
        #expect(book.sum().current?.description == "90")
        #expect(book.sum().letter == "F")
        let sum = book.sum(override: GradePercentage(hundredths: 9_600))
        #expect(sum.current?.description == "90")
        #expect(sum.letter == "P")
    }

    @Test func `points that were lowered after the score make it full and no more`() {
        var book = GradedCase()
        book.add("10", of: "4")
        #expect(book.sum().current == .full)
    }

    @Test(arguments: [
        [("A", 9_000)], [("A", 9_000), ("B", 1)], [("A", 5_000), ("B", 5_000), ("C", 0)], [("A", 10_001), ("B", 0)],
        [("A", 5_000), ("A", 0)], [("", 5_000), ("B", 0)],
    ])
    func `letters whose boundaries do not fall down to 0 are refused`(letters: [(String, Int)]) {
        #expect(throws: GradebookError.unsoundScheme) {
            try GradingScheme(letters.map { .init($0.0, from: GradePercentage(hundredths: $0.1)) })
        }
    }
}
