// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials
internal import LMSKit
internal import LMSTenancy

extension CourseGradebook {
    /// A gradebook with something in every field.
    static var example: CourseGradebook {
        let setup = GradebookSetup(
            mode: .weighted,
            missingWork: .fixedAfterDue(GradePercentage(hundredths: 2_000)),
            categories: [GradeCategory(id: .example, name: "Homework", weight: Points(40), dropLowest: 1)],
            completion: CompletionRule(
                minimumGrade: GradePercentage(hundredths: 6_000),
                needsMandatoryItems: true,
                needsAllLessons: false
            )
        )
        return CourseGradebook(
            course: .example,
            setup: setup.with(letters: [("Passed", 5_000), ("Failed", 0)]),
            isMuted: false,
            version: 3,
            items: [.example(.manual), .example(.quiz)]
        )
    }
}

extension GradebookSetup {
    fileprivate func with(letters: [(String, Int)]) -> GradebookSetup {
        var setup = self
        let scheme = letters.map { GradingScheme.Letter($0.0, from: GradePercentage(hundredths: $0.1)) }
        // An unsound scheme would leave the example without letters, which the test of the reference shows.
        setup.scheme = (try? GradingScheme(scheme)) ?? .none
        return setup
    }
}

extension GradeItem {
    /// An item graded by hand, with something in every field, or a quiz's with as little as there can be.
    static func example(_ kind: Kind) -> GradeItem {
        var draft = GradeItemDraft(title: "Oral examination", maxPoints: Points(20), position: 1)
        draft.isMandatory = true
        if kind == .manual {
            draft.dueAt = Date(timeIntervalSince1970: 1_800_000_000)
            draft.category = .example
        }
        return GradeItem(
            id: .example,
            course: .example,
            kind: kind,
            subject: kind == .manual ? nil : GradeItem.ID.example.uuid,
            draft: draft,
            isMuted: false,
            version: 2
        )
    }
}

extension CourseGrade {
    static var example: CourseGrade {
        var dropped = GradeItem.example(.manual).draft
        dropped.position = 2
        let other = GradeItem(
            id: GradeItem.ID("01890a5d-ac96-774b-bcce-b302099a8058") ?? .example,
            course: .example,
            kind: .manual,
            subject: nil,
            draft: dropped,
            isMuted: false,
            version: 1
        )
        return GradebookPolicy.grade(
            ItemGrades([
                .example,
                Grade(item: other.id, score: .zero, status: .graded, gradedAt: .distantPast),
            ]),
            in: [.example(.manual), other],
            by: CourseGradebook.example.setup,
            override: GradePercentage(hundredths: 9_000),
            at: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    static var empty: CourseGrade {
        GradebookPolicy.grade(
            ItemGrades([]),
            in: [],
            by: GradebookSetup(),
            at: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }
}

extension Grade {
    static var example: Grade {
        Grade(
            item: .example,
            score: Points("17.5"),
            status: .late,
            override: Points(18),
            gradedAt: Date(timeIntervalSince1970: 1_800_000_000),
            releasedAt: Date(timeIntervalSince1970: 1_800_000_000),
            version: 2
        )
    }

    static var excused: Grade {
        Grade(item: .example, score: nil, status: .excused, gradedAt: Date(timeIntervalSince1970: 1_800_000_000))
    }
}

extension LearnerGrades {
    static func example(_ sum: CourseGrade) -> LearnerGrades {
        LearnerGrades(
            enrollment: .example,
            learner: .example,
            name: "Ada Lovelace",
            email: sum.override == nil ? nil : "ada@example.org",
            grades: ItemGrades([sum.override == nil ? .excused : .example]),
            sum: sum,
            overrideVersion: sum.override == nil ? nil : 1
        )
    }
}

extension GradeChange {
    static func example(isWhole: Bool) -> GradeChange {
        GradeChange(
            id: .example,
            item: isWhole ? .example : nil,
            kind: isWhole ? .override : .courseOverride,
            source: .manual,
            before: isWhole ? Points("17.5") : nil,
            beforeStatus: isWhole ? .late : nil,
            after: isWhole ? Points(18) : nil,
            afterStatus: isWhole ? .late : nil,
            reason: isWhole ? "Graded again after a complaint" : nil,
            changedBy: isWhole ? .example : nil,
            changedAt: Date(timeIntervalSince1970: 1_800_000_000),
            ordinal: 1
        )
    }
}
