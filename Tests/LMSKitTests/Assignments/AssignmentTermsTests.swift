// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

import Foundation
import LMSTenancy
import Testing

@testable import LMSKit

@Suite struct AssignmentTermsTests {
    private static let due = Date(timeIntervalSince1970: 1_800_000_000)

    private static func settings(_ change: (inout AssignmentSettings) -> Void = { _ in }) -> AssignmentSettings {
        var settings = AssignmentSettings(title: "The third sheet")
        settings.dueAt = due
        change(&settings)
        return settings
    }

    private static func taken(_ terms: AssignmentTerms, _ seconds: Double) -> Bool {
        (try? terms.requireOpen(at: due.addingTimeInterval(seconds))) != nil
    }

    private static let moments: [(seconds: Double, days: Int)] = [
        (-1, 0), (0, 0), (60, 0), (61, 1), (86_400, 1), (86_401, 2), (259_200, 3), (259_201, 4),
    ]

    @Test(arguments: moments)
    func `each started day after it was due counts, and the grace is on time`(seconds: Double, days: Int) {
        let terms = AssignmentTerms(Self.settings { $0.graceSeconds = 60 })
        #expect(terms.lateDays(at: Self.due.addingTimeInterval(seconds)) == days)
    }

    @Test func `what is never due is never late`() {
        let terms = AssignmentTerms(AssignmentSettings(title: "Any time"))
        #expect(terms.lateDays(at: .distantFuture) == 0)
    }

    @Test func `where nothing late is taken the last second is that of the grace`() {
        let terms = AssignmentTerms(Self.settings { ($0.acceptsLate, $0.graceSeconds) = (false, 60) })
        #expect(Self.taken(terms, 60) && !Self.taken(terms, 61))
    }

    @Test func `nothing is taken before it opens, nor from when it closes on`() {
        let terms = AssignmentTerms(
            Self.settings { settings in
                settings.opensAt = Self.due.addingTimeInterval(-100)
                settings.closesAt = Self.due.addingTimeInterval(100)
            }
        )
        #expect(!Self.taken(terms, -101) && Self.taken(terms, -100))
        #expect(Self.taken(terms, 99) && !Self.taken(terms, 100))
    }

    @Test func `an extension makes it due later, and never earlier, and what is due then is taken`() {
        var granted = NewAssignmentExtension(because: "Illness")
        granted.dueAt = Self.due.addingTimeInterval(200)
        let settings = Self.settings { $0.closesAt = Self.due.addingTimeInterval(100) }
        let terms = AssignmentTerms(settings, granted)
        #expect(terms.lateDays(at: Self.due.addingTimeInterval(200)) == 0)
        #expect(Self.taken(terms, 199) && !Self.taken(terms, 200))
        granted.dueAt = Self.due.addingTimeInterval(-200)
        #expect(AssignmentTerms(settings, granted).dueAt == Self.due)
    }

    @Test func `a returned work may be handed in again, and an extension allows more`() throws {
        let terms = AssignmentTerms(Self.settings { $0.submissionLimit = 2 })
        try terms.requireAnother(after: 1, isReturned: false)
        try terms.requireAnother(after: 2, isReturned: true)
        #expect(throws: AssignmentError.noSubmissionsLeft(limit: 2)) {
            try terms.requireAnother(after: 2, isReturned: false)
        }
        var granted = NewAssignmentExtension(because: "Illness")
        granted.extraSubmissions = 1
        try AssignmentTerms(terms.settings, granted).requireAnother(after: 2, isReturned: false)
    }

    /// Of 10 points, with 10 % for each day and a floor of 50 %.
    private static let penalties: [(earned: String, days: Int, left: String)] = [
        ("9", 0, "9"), ("9", 1, "8"), ("9", 3, "6"), ("9", 4, "5"), ("9", 400, "5"), ("4", 1, "4"), ("5.5", 1, "5"),
        ("0", 9, "0"),
    ]

    @Test(arguments: penalties)
    func `lateness takes nobody below the floor, and the floor lifts nobody`(earned: String, days: Int, left: String)
        throws
    {
        let settings = Self.settings { settings in
            settings.points = Points(10)
            (settings.latePenalty, settings.lateFloor) = (10, 50)
        }
        let points = settings.points(of: try #require(Points(earned)), daysLate: days)
        #expect(points.description == left)
    }

    @Test func `points are bounded, exact, and never more for being later`() {
        for penalty in [0, 1, 7, 33, 100] {
            for floor in [0, 13, 100] {
                let settings = Self.settings { settings in
                    settings.points = Points(millionths: 33_333_333)
                    (settings.latePenalty, settings.lateFloor) = (penalty, floor)
                }
                for earned in stride(from: 0, through: 33_333_333, by: 1_111_111) {
                    var before = Points(millionths: earned)
                    for days in 0...110 {
                        let left = settings.points(of: Points(millionths: earned), daysLate: days)
                        #expect(left >= .zero && left <= before)
                        before = left
                    }
                }
            }
        }
    }

    @Test func `levels are given for every criterion, and sum up`() throws {
        let criteria = [
            RubricCriterion("A", levels: [RubricLevel("No", points: .zero), RubricLevel("Yes", points: Points(4))]),
            RubricCriterion("B", levels: [RubricLevel("Half", points: Points(millionths: 500_000))]),
        ]
        #expect(criteria.points.description == "4.5")
        #expect(try criteria.points(for: [RubricJudgment(level: 2), RubricJudgment(level: 1)]).description == "4.5")
        for wrong in [[2], [2, 1, 1], [3, 1], [0, 1], []] {
            #expect(throws: AssignmentError.invalidLevels) {
                try criteria.points(for: wrong.map { RubricJudgment(level: $0) })
            }
        }
    }

    @Test func `a rubric is read as it was written`() throws {
        let criteria = [
            RubricCriterion("“A”", description: "x\ny", levels: [RubricLevel("B", points: Points(millionths: 333_333))])
        ]
        var json = JSONWriter()
        json.value(criteria)
        #expect(try RubricCriterion.read(column: JSONText(json.bytes)) == criteria)
        #expect(throws: DatabaseError.self) { try RubricCriterion.read(column: JSONText(Array("{}".utf8))) }
    }
}
