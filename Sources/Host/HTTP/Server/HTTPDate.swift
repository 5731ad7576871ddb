// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

/// The `Date` field of a moment (RFC 9110 §5.6.7).
package enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A moment in IMF-fixdate.
    ///
    /// - Parameter seconds: Since 1970, UTC, not negative.
    /// - Returns: The text.
    package static func text(_ seconds: Int) -> String {
        var bytes: [UInt8] = []
        append(seconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a moment in IMF-fixdate.
    ///
    /// - Parameters:
    ///   - seconds: Since 1970, UTC, not negative.
    ///   - bytes: Where it goes.
    static func append(_ seconds: Int, to bytes: inout [UInt8]) {
        let day = seconds / 86_400
        let time = seconds % 86_400
        // The civil calendar from a day number: eras of 400 years that begin in March.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

        bytes.append(contentsOf: days[day % 7].utf8)
        bytes.append(contentsOf: ", ".utf8)
        appendTwo(dayOfMonth, to: &bytes)
        bytes.append(.space)
        bytes.append(contentsOf: months[month - 1].utf8)
        bytes.append(.space)
        appendTwo(year / 100, to: &bytes)
        appendTwo(year % 100, to: &bytes)
        bytes.append(.space)
        appendTwo(time / 3_600, to: &bytes)
        bytes.append(.colon)
        appendTwo(time / 60 % 60, to: &bytes)
        bytes.append(.colon)
        appendTwo(time % 60, to: &bytes)
        bytes.append(contentsOf: " GMT".utf8)
    }

    private static func appendTwo(_ value: Int, to bytes: inout [UInt8]) {
        bytes.append(0x30 + UInt8(truncatingIfNeeded: value / 10 % 10))
        bytes.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
    }
}
