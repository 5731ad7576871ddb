// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

package import FoundationEssentials
internal import LMSTenancy

/// What grades come to; no I/O, and exact until the last step, which rounds.
///
/// Everything is counted in units of 10⁻¹⁰ points, so that a hundredth of a percent of a millionth of a point is whole.
package enum GradebookPolicy {
    /// Which grade is meant.
    package enum Basis: Sendable, CaseIterable {
        /// What is graded, and what the policy counts as missing by now.
        case current
        /// The same with everything that is open as missing.
        case final
    }

    /// What it gives in the final grade that nothing is handed in yet.
    package enum OpenWork: Sendable {
        /// What the policy will credit if nothing is handed in, as learners are shown it.
        case credited
        /// No points before it is due, and none at all for the items whose grades their learner may not see: nobody completes a
        /// course by what is still to be done, and nobody learns from its completion what is hidden.
        case worthless(hidden: Set<GradeItem.ID>)
    }

    /// What an item gives a learner.
    struct Part: Hashable {
        let item: GradeItem.ID
        let earned: Int
        /// None for extra credit.
        let possible: Int
    }

    private static let unit = 10_000

    /// Sums a learner's grades up.
    ///
    /// - Parameters:
    ///   - grades: Theirs.
    ///   - items: The course's items, or those that whoever asks may see.
    ///   - setup: How the course is graded.
    ///   - override: What somebody gave for the whole course.
    ///   - now: What is due before it and has no grade is missing.
    /// - Returns: What they come to.
    package static func grade(
        _ grades: ItemGrades,
        in items: [GradeItem],
        by setup: GradebookSetup,
        override: GradePercentage? = nil,
        at now: Date
    ) -> CourseGrade {
        grade(grades, by: GradingPlan(items, setup), override: override, at: now)
    }

    /// Sums a learner's grades up.
    ///
    /// - Parameters:
    ///   - grades: Theirs.
    ///   - plan: The course's items, or those that whoever asks may see, and how the course is graded.
    ///   - override: What somebody gave for the whole course.
    ///   - openWork: What is not handed in yet gives this.
    ///   - now: What is due before it and has no grade is missing.
    /// - Returns: What they come to.
    package static func grade(
        _ grades: ItemGrades,
        by plan: GradingPlan,
        override: GradePercentage? = nil,
        openWork: OpenWork = .credited,
        at now: Date
    ) -> CourseGrade {
        let scheme = plan.setup.scheme
        let (current, dropped) = sum(grades, by: plan, .current, openWork, at: now)
        let isOpen = plan.items.contains { item in
            grades[item].map { $0.status != .excused && $0.override == nil && $0.score == nil } ?? true
        }
        let final = isOpen ? sum(grades, by: plan, .final, openWork, at: now).0 : current
        return CourseGrade(
            current: current,
            final: final,
            override: override,
            letter: (override ?? current).flatMap(scheme.letter(for:)),
            finalLetter: (override ?? final).flatMap(scheme.letter(for:)),
            dropped: dropped
        )
    }

    /// Whether an item is due and past.
    package static func isPast(_ due: Date?, at now: Date) -> Bool {
        due.map { $0 < now } ?? false
    }

    private static func sum(
        _ grades: ItemGrades,
        by plan: GradingPlan,
        _ basis: Basis,
        _ openWork: OpenWork,
        at now: Date
    ) -> (GradePercentage?, Set<GradeItem.ID>) {
        let setup = plan.setup
        // Those of no category are the last.
        var parts: [[Part]] = Array(repeating: [], count: setup.categories.count + 1)
        parts[setup.categories.count].reserveCapacity(plan.items.count)
        for item in plan.items {
            if let part = part(of: item, grades[item], by: setup.missingWork, basis, openWork, at: now) {
                parts[item.category].append(part)
            }
        }
        let groups = zip(parts, setup.categories).map { Group(parts: $0, dropLowest: $1.dropLowest) }
        switch setup.mode {
        case .points:
            let all = groups + [Group(parts: parts[groups.count], dropLowest: 0)]
            let kept = best(of: all)
            let grade = weigh([fraction(of: kept.joined(), weight: 1)], rounding: setup.rounding)
            return (grade, dropped(from: all, keeping: kept))
        case .weighted:
            let kept = groups.map { best(of: [$0])[0] }
            let fractions = zip(kept, setup.categories).map { fraction(of: $0, weight: $1.weight.millionths) }
            return (weigh(fractions, rounding: setup.rounding), dropped(from: groups, keeping: kept))
        }
    }

    private static func fraction(of parts: some Sequence<Part>, weight: Int) -> (
        earned: Int, possible: Int, weight: Int
    ) {
        (parts.reduce(0) { $0 + $1.earned }, parts.reduce(0) { $0 + $1.possible }, weight)
    }

    private static func dropped(from groups: [Group], keeping kept: [[Part]]) -> Set<GradeItem.ID> {
        guard groups.contains(where: { $0.dropLowest > 0 }) else { return [] }
        return Set(groups.flatMap { $0.parts.map(\.item) }).subtracting(kept.joined().map(\.item))
    }

    /// What an item gives, `nil` if it does not count for this learner, or not yet.
    private static func part(
        of item: GradingPlan.Item,
        _ grade: Grade?,
        by policy: MissingWork,
        _ basis: Basis,
        _ openWork: OpenWork,
        at now: Date
    ) -> Part? {
        guard grade?.status != .excused else { return nil }
        let possible = item.isExtraCredit ? 0 : item.maxPoints.millionths * unit
        // Points may have been lowered after the score was given.
        if let score = grade?.override ?? grade?.score {
            return Part(item: item.id, earned: min(score, item.maxPoints).millionths * unit, possible: possible)
        }
        guard !item.isExtraCredit else { return nil }
        let isMissing = grade?.status == .missing || (policy != .ignored && isPast(item.dueAt, at: now))
        guard isMissing || basis == .final else { return nil }
        var credit = policy.credit
        if case .worthless(let hidden) = openWork, !isMissing || hidden.contains(item.id) { credit = .zero }
        return Part(item: item.id, earned: item.maxPoints.millionths * credit.hundredths, possible: possible)
    }

    /// The weighted mean of exact fractions, rounded; of those that have something to earn, so that weights need not sum up
    /// to anything.
    static func weigh(
        _ sums: [(earned: Int, possible: Int, weight: Int)],
        rounding: GradeRounding
    ) -> GradePercentage? {
        var numerator = Natural(0)
        var denominator = Natural(1)
        var weights: UInt64 = 0
        for sum in sums where sum.possible > 0 && sum.weight > 0 {
            let divisor = greatestCommonDivisor(sum.earned, sum.possible)
            let (earned, possible) = (UInt64(sum.earned / divisor), UInt64(sum.possible / divisor))
            numerator = numerator * possible + denominator * earned * UInt64(sum.weight)
            denominator = denominator * possible
            weights += UInt64(sum.weight)
        }
        guard weights > 0 else { return nil }
        let scale: UInt64 = [100, 1_000, 10_000][rounding.decimals]
        return GradePercentage(
            hundredths: round(numerator * scale, by: denominator * weights, rounding) * (10_000 / Int(scale))
        )
    }

    private static func round(_ numerator: Natural, by denominator: Natural, _ rounding: GradeRounding) -> Int {
        // Extra credit may lead above 100 %, by no more than its own points.
        let limit: UInt64 = 1 << 56
        switch rounding.direction {
        case .down: return Int(numerator.quotient(by: denominator, limit: limit))
        case .up:
            let floor = numerator.quotient(by: denominator, limit: limit)
            return Int(denominator * floor < numerator ? floor + 1 : floor)
        case .halfUp: return Int((numerator * 2 + denominator).quotient(by: denominator * 2, limit: limit))
        }
    }

    private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
        var (first, second) = (first, second)
        while second != 0 { (first, second) = (second, first % second) }
        return max(first, 1)
    }
}
