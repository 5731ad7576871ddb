// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import FoundationEssentials

extension String: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.appendString(self) }
}

extension Int: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { json.append(capacity: 20) { $0.append(decimal: Int64(self)) } }
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
    public func write(to json: inout JSONWriter) { json.appendQuoted(capacity: 36) { $0.append(self) } }
}

extension Identifier: JSONWritable {
    /// Appends the JSON form.
    public func write(to json: inout JSONWriter) { uuid.write(to: &json) }
}

extension Date: JSONWritable {
    /// Writes ISO 8601 in UTC to the millisecond.
    public func write(to json: inout JSONWriter) { json.appendQuoted(capacity: 34) { $0.append(iso8601: self) } }
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
        let text = [UInt8](capacity: 34) { text in text.append(iso8601: self) }
        return String(decoding: text, as: UTF8.self)
    }
}
