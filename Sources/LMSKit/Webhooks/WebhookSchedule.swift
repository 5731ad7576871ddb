// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// When what was not taken is sent again, and when an endpoint is given up.
enum WebhookSchedule {
    /// The example of Standard Webhooks: from attempt to attempt, three days in all.
    static let delays: [TimeInterval] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    /// How often something is tried.
    static let attempts = delays.count + 1
    /// The longest that a target can ask us to wait.
    static let longestWait: TimeInterval = 86_400
    /// How long nothing else is sent to a target that is overloaded and does not say for how long.
    static let pause: TimeInterval = 10
    /// An endpoint that took nothing for so long, and in so many attempts, is disabled.
    static let givingUp: (seconds: TimeInterval, attempts: Int) = (3 * 86_400, 10)

    /// How long to wait after an attempt that failed, up to a tenth more than the table, so that what failed together does not
    /// come back together; `nil` after the last.
    ///
    /// - Parameters:
    ///   - tries: How often it was tried.
    ///   - asked: How long the target asked us to wait.
    /// - Returns: The time in seconds.
    static func delay(after tries: Int, asked: TimeInterval?) -> TimeInterval? {
        guard tries >= 1, tries <= delays.count else { return nil }
        let wait = max(delays[tries - 1], min(asked ?? 0, longestWait))
        return wait * Double.random(in: 1...1.1)
    }

    /// What `Retry-After` says: seconds or a date (RFC 9110 §10.2.3).
    static func wait(_ field: String?, at now: Date) -> TimeInterval? {
        guard let field else { return nil }
        if let seconds = Int(field), seconds >= 0 { return min(TimeInterval(seconds), longestWait) }
        guard let date = Date(imfFixdate: field) else { return nil }
        return min(max(0, date.timeIntervalSince(now)), longestWait)
    }
}

extension Date {
    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
    fileprivate init?(imfFixdate text: String) {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(
            year: year,
            month: month + 1,
            day: day,
            hour: clock[0],
            minute: clock[1],
            second: clock[2]
        )
        guard let date = calendar.date(from: components) else { return nil }
        self = date
    }
}
