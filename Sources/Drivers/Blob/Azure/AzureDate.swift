// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import FoundationEssentials

/// Moments as the service writes them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
enum AzureDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Writes a moment after 1970.
    static func text(_ date: Date) -> String {
        // 1994-11-06T08:49:37Z
        let text = date.formatted(.iso8601)
        let parts = text.dropLast().split(separator: "T")
        let day = parts[0].split(separator: "-")
        // 1 January 1970 was a Thursday.
        let weekday = days[Int((date.timeIntervalSince1970 / 86_400).rounded(.down)) % 7]
        return "\(weekday), \(day[2]) \(months[(Int(day[1]) ?? 1) - 1]) \(day[0]) \(parts[1]) GMT"
    }

    /// Reads a moment; `nil` for what is none.
    static func read(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        // What is no date is left out like a foreign name.
        return try? Date("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z", strategy: .iso8601)
    }
}
