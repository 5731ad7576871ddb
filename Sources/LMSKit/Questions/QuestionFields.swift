// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Takes a JSON object apart, member by member, and notes what is wrong with it and where.
struct QuestionFields {
    /// Where the JSON text comes from.
    let origin: Origin
    /// The path of the object: empty, or `options[2].`.
    let path: String
    private var members: [String: JSONValue] = [:]
    private(set) var issues = QuestionIssues()

    /// Where a JSON text comes from.
    enum Origin {
        /// From outside: markup is made harmless, and parts without a name get one.
        case client
        /// From the database, where it was stored by this type: markup is harmless and every part has its name.
        case storage
    }

    init(_ value: JSONValue, path: String = "", origin: Origin) {
        self.path = path
        self.origin = origin
        guard case .object(let all) = value else {
            issues.add(.wrongType, at: path.hasSuffix(".") ? String(path.dropLast()) : path)
            return
        }
        for member in all { members[member.name] = member.value }
    }

    mutating func add(_ code: QuestionIssue.Code, at name: String) {
        issues.add(code, at: path + name)
    }

    /// What a member is, while it stays; `null` counts as absent.
    func peek(_ name: String) -> JSONValue? {
        members[name] == .null ? nil : members[name]
    }

    /// Takes a member out; `null` counts as absent.
    mutating func take(_ name: String) -> JSONValue? {
        let value = members.removeValue(forKey: name)
        return value == .null ? nil : value
    }

    /// Names what nobody took.
    mutating func close() {
        for name in members.keys.sorted() { add(.unknownField, at: String(name.prefix(50))) }
        members = [:]
    }

    mutating func string(_ name: String) -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.text else {
            add(.wrongType, at: name)
            return nil
        }
        if text.utf8.contains(0) { add(.malformed, at: name) }
        return text
    }

    mutating func markup(_ name: String) -> QuestionText? {
        guard let text = string(name) else { return nil }
        return origin == .client ? QuestionText(text) : QuestionText(stored: text)
    }

    mutating func requiredMarkup(_ name: String) -> QuestionText {
        if members[name] == nil { add(.required, at: name) }
        return markup(name) ?? QuestionText(stored: "")
    }

    mutating func flag(_ name: String) -> Bool? {
        guard let value = take(name) else { return nil }
        if value.flag == nil { add(.wrongType, at: name) }
        return value.flag
    }

    mutating func integer(_ name: String) -> Int? {
        guard let value = take(name) else { return nil }
        if value.integer == nil { add(.wrongType, at: name) }
        return value.integer
    }

    mutating func points(_ name: String) -> Points? {
        guard let value = take(name) else { return nil }
        guard case .number(let text) = value else {
            add(.wrongType, at: name)
            return nil
        }
        let points = Points(text)
        if points == nil { add(text.hasPrefix("-") ? .tooSmall : .malformed, at: name) }
        return points
    }

    mutating func credit(_ name: String) -> Credit? {
        guard let points = points(name) else { return nil }
        let credit = Credit(millionths: points.millionths)
        if credit == nil { add(.tooLarge, at: name) }
        return credit
    }

    /// A decimal as a text or, if it has no more digits than a double keeps, as a number.
    mutating func decimal(_ name: String) -> ExactDecimal? {
        let text: String
        switch take(name) {
        case nil: return nil
        case .string(let value), .number(let value): text = value
        default:
            add(.wrongType, at: name)
            return nil
        }
        let decimal = ExactDecimal(text)
        if decimal == nil { add(.malformed, at: name) }
        return decimal
    }

    mutating func requiredDecimal(_ name: String) -> ExactDecimal {
        if members[name] == nil { add(.required, at: name) }
        return decimal(name) ?? .zero
    }

    mutating func choice<Value: RawRepresentable<String>>(_ name: String, _: Value.Type = Value.self) -> Value? {
        guard let text = string(name) else { return nil }
        let value = Value(rawValue: text)
        if value == nil { add(.notAChoice, at: name) }
        return value
    }

    /// The name of a part; parts from outside may come without one.
    mutating func id() -> QuestionItem.ID {
        guard let text = string("id") else {
            if origin == .storage { add(.required, at: "id") }
            return .random()
        }
        guard let id = QuestionItem.ID(text) else {
            add(.malformed, at: "id")
            return .random()
        }
        return id
    }

    mutating func requiredID(_ name: String) -> QuestionItem.ID? {
        guard let text = string(name) else {
            add(.required, at: name)
            return nil
        }
        let id = QuestionItem.ID(text)
        if id == nil { add(.malformed, at: name) }
        return id
    }

    /// No list of a question or an answer may have as many entries: what follows need not be looked at to refuse it.
    static let listLimit = 100

    /// The elements of a list, none after `listLimit`; `nil` if there is none.
    mutating func list(_ name: String) -> [JSONValue]? {
        guard let value = take(name) else { return nil }
        guard case .array(let values) = value else {
            add(.wrongType, at: name)
            return nil
        }
        if values.count > Self.listLimit { add(.tooMany, at: name) }
        return Array(values.prefix(Self.listLimit))
    }

    mutating func strings(_ name: String) -> [String]? {
        guard let values = list(name) else { return nil }
        return values.enumerated().map { index, value in
            guard let text = value.text else {
                add(.wrongType, at: "\(name)[\(index)]")
                return ""
            }
            if text.utf8.contains(0) { add(.malformed, at: "\(name)[\(index)]") }
            return text
        }
    }

    /// Reads each object of a list.
    mutating func objects<Value>(_ name: String, _ read: (inout QuestionFields) -> Value) -> [Value]? {
        guard let values = list(name) else { return nil }
        return values.enumerated().map { index, value in
            nested(value, at: "\(name)[\(index)]", read)
        }
    }

    mutating func requiredObjects<Value>(_ name: String, _ read: (inout QuestionFields) -> Value) -> [Value] {
        if members[name] == nil { add(.required, at: name) }
        return objects(name, read) ?? []
    }

    mutating func object<Value>(_ name: String, _ read: (inout QuestionFields) -> Value) -> Value? {
        guard let value = take(name) else { return nil }
        return nested(value, at: name, read)
    }

    private mutating func nested<Value>(
        _ value: JSONValue,
        at place: String,
        _ read: (inout QuestionFields) -> Value
    ) -> Value {
        var inner = QuestionFields(value, path: "\(path)\(place).", origin: origin)
        // What is no object has nothing to read, and nothing more to say about it.
        let isObject = inner.issues.all.isEmpty
        let result = read(&inner)
        inner.close()
        if isObject { issues.add(contentsOf: inner.issues.all) } else { add(.wrongType, at: place) }
        return result
    }
}
