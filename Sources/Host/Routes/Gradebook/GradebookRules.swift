// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSKit
internal import LMSTenancy

/// Exact points: a number whose digits are read as they were written.
struct PointsRule: FieldRule {
    let range: ClosedRange<Double>

    var schema: Schema { .number(range) }
    var placeholder: Points { .zero }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> Points? {
        guard let text = value.numberText(issues.encoding) else {
            issues.add(.wrongType, at: field)
            return nil
        }
        if text.hasPrefix("-") {
            issues.add(.tooSmall, at: field)
            return nil
        }
        guard let points = Points(text) else {
            issues.add(.malformed, at: field)
            return nil
        }
        guard range.contains(Double(points.millionths) / 1_000_000) else {
            issues.add(points.millionths == 0 ? .tooSmall : .tooLarge, at: field)
            return nil
        }
        return points
    }
}

/// A percentage with at most two decimals.
struct GradePercentageRule: FieldRule {
    let limit: Int

    private var points: PointsRule { PointsRule(range: 0...Double(limit)) }
    var schema: Schema { points.schema }
    var placeholder: GradePercentage { .zero }

    func read(_ value: JSONValue, at field: String, issues: inout FieldIssues) -> GradePercentage? {
        guard let points = points.read(value, at: field, issues: &issues) else { return nil }
        guard points.millionths.isMultiple(of: 10_000) else {
            issues.add(.malformed, at: field)
            return nil
        }
        return GradePercentage(hundredths: points.millionths / 10_000)
    }
}

extension FieldRule where Self == PointsRule {
    /// Points of a score.
    static var points: PointsRule { PointsRule(range: 0...100_000) }
    /// The most points of an item.
    static var maxPoints: PointsRule { PointsRule(range: 0.01...100_000) }
    /// How much a category counts.
    static var weight: PointsRule { PointsRule(range: 0...1_000) }
}

extension FieldRule where Self == GradePercentageRule {
    /// A percentage up to a limit.
    static func gradePercentage(upTo limit: Int = 100) -> GradePercentageRule { GradePercentageRule(limit: limit) }
}

extension Points {
    /// As JSON has it: every digit, and no binary fraction.
    var json: JSONValue { .number(description) }
}

extension GradePercentage {
    /// As JSON has it.
    var json: JSONValue { .number(description) }
}
