// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// When a kind of work is due in every tenant, by the clock on the tenant's wall.
public struct JobSchedule: Sendable, Hashable {
    /// What is to be done; its subject is the tenant itself.
    public let kind: JobKind
    /// When.
    public let cron: CronExpression

    /// Schedules work.
    ///
    /// - Parameters:
    ///   - kind: What is to be done.
    ///   - cron: When.
    public init(_ kind: JobKind, _ cron: CronExpression) {
        self.kind = kind
        self.cron = cron
    }
}

/// Minute, hour, day of the month, month and day of the week, as in crontab(5): `30 3 * * 1-5`.
///
/// A field is `*`, a number, a range or a list of them, each with a step if wanted (`*/15`). Sunday is 0 or 7. Where both days are given,
/// either may match.
public struct CronExpression: Sendable, Hashable {
    let minutes: [Int]
    let hours: [Int]
    let days: [Int]
    let months: [Int]
    let weekdays: [Int]

    /// Parses an expression.
    ///
    /// - Parameter text: The five fields, parted by spaces.
    public init?(_ text: String) {
        let fields = text.split(separator: " ")
        guard fields.count == 5, let minutes = Self.values(of: fields[0], in: 0...59),
            let hours = Self.values(of: fields[1], in: 0...23), let days = Self.values(of: fields[2], in: 1...31),
            let months = Self.values(of: fields[3], in: 1...12), let weekdays = Self.values(of: fields[4], in: 0...7)
        else { return nil }
        self.minutes = minutes
        self.hours = hours
        self.days = days
        self.months = months
        self.weekdays = Set(weekdays.map { $0 % 7 }).sorted()
    }

    /// Every day at a time.
    ///
    /// - Parameters:
    ///   - hour: 0 through 23.
    ///   - minute: 0 through 59.
    /// - Returns: The expression.
    public static func daily(hour: Int, minute: Int) -> CronExpression {
        CronExpression(minutes: [minute], hours: [hour])
    }

    /// Every hour.
    ///
    /// - Parameter minute: 0 through 59.
    /// - Returns: The expression.
    public static func hourly(minute: Int) -> CronExpression {
        CronExpression(minutes: [minute], hours: Array(0...23))
    }

    private init(minutes: [Int], hours: [Int]) {
        self.minutes = minutes
        self.hours = hours
        days = Array(1...31)
        months = Array(1...12)
        weekdays = Array(0...6)
    }

    private static func values(of field: Substring, in allowed: ClosedRange<Int>) -> [Int]? {
        var values: Set<Int> = []
        for part in field.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let range = range(of: halves[0], in: allowed) else { return nil }
            var step = 1
            if halves.count == 2 {
                guard let given = number(halves[1]), given > 0 else { return nil }
                step = given
            }
            // `5/15` begins at 5 and has no end.
            let last = halves.count == 2 && range.count == 1 ? allowed.upperBound : range.upperBound
            values.formUnion(stride(from: range.lowerBound, through: last, by: step))
        }
        return values.sorted()
    }

    private static func range(of text: Substring, in allowed: ClosedRange<Int>) -> ClosedRange<Int>? {
        if text == "*" { return allowed }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = number(ends[0]), let last = ends.count == 2 ? number(ends[1]) : first, first <= last,
            allowed.contains(first), allowed.contains(last)
        else { return nil }
        return first...last
    }

    private static func number(_ text: Substring) -> Int? {
        (1...4).contains(text.utf8.count) && text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil
    }
}
