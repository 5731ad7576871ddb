// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

extension String: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.appendString(self) }
}

extension Int: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.append(String(self)) }
}

extension Bool: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.append(self ? "true" : "false") }
}

extension Double: JSONWritable {
    /// Writes the shortest text that reads back the same; what is not finite is `null`.
    public func write(to json: inout JSONWriter) { json.append(isFinite ? description : "null") }
}

extension UUID: JSONWritable {
    /// Writes lower case, as PostgreSQL does.
    public func write(to json: inout JSONWriter) { json.appendString(lowercaseText) }
}

extension Identifier: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.appendString(description) }
}

extension Date: JSONWritable {
    /// Writes ISO 8601 in UTC to the millisecond.
    public func write(to json: inout JSONWriter) { json.appendString(iso8601Milliseconds) }
}

extension Money: JSONWritable {
    /// Writes `{"amount":"12.50","currency":"USD"}`.
    public func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("amount", amount)
            object.field("currency", currency.description)
        }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        json.array { array in
            for element in self { array.value(element) }
        }
    }
}

extension JSONText: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.raw(bytes) }
}

extension JSONValue: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.append("null")
        case .bool(let flag): flag.write(to: &json)
        case .number(let text): json.append(text)
        case .string(let text): json.appendString(text)
        case .array(let values): values.write(to: &json)
        case .object(let members):
            json.object { object in
                for member in members { object.field(named: member.name, member.value) }
            }
        }
    }
}

extension Date {
    /// `2026-01-31T12:00:00.000Z`.
    public var iso8601Milliseconds: String {
        let milliseconds = Int64((timeIntervalSince1970 * 1000).rounded(.down))
        let (days, rest) = milliseconds.quotientAndRemainder(floorDividingBy: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        text.append(decimal: date.year, width: 4)
        text.append(UInt8(ascii: "-"))
        text.append(decimal: date.month, width: 2)
        text.append(UInt8(ascii: "-"))
        text.append(decimal: date.day, width: 2)
        text.append(UInt8(ascii: "T"))
        text.append(decimal: rest / 3_600_000, width: 2)
        text.append(UInt8(ascii: ":"))
        text.append(decimal: rest / 60_000 % 60, width: 2)
        text.append(UInt8(ascii: ":"))
        text.append(decimal: rest / 1000 % 60, width: 2)
        text.append(UInt8(ascii: "."))
        text.append(decimal: rest % 1000, width: 3)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }
}

/// A day of the Gregorian calendar.
///
/// The algorithm is that of Hinnant, "chrono-Compatible Low-Level Date Algorithms".
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(daysSinceEpoch days: Int64) {
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainder(floorDividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func quotientAndRemainder(floorDividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension [UInt8] {
    fileprivate mutating func append(decimal value: Int64, width: Int) {
        let digits = String(value).utf8
        for _ in 0..<Swift.max(0, width - digits.count) { append(UInt8(ascii: "0")) }
        append(contentsOf: digits)
    }
}
