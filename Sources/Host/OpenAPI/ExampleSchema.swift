// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

extension JSONSchema {
    /// The schema that examples of one type have in common.
    ///
    /// A member that some examples lack is not required; one that is `null` in some is nullable.
    static func inferred(from examples: [JSONValue], _ dialect: Dialect) -> JSONValue {
        let values = examples.filter { $0 != .null }
        guard let first = values.first else { return .object([]) }
        let schema: JSONValue
        switch first {
        case .null: schema = .object([])
        case .bool: schema = .object([.init("type", "boolean")])
        case .number(let text):
            let isWhole = values.allSatisfy { $0.integer != nil }
            schema = .object([
                .init("type", isWhole ? "integer" : "number"), .init("example", .number(text)),
            ])
        case .string(let text): schema = string(text)
        case .array:
            let elements = values.flatMap(\.elements)
            schema = .object([.init("type", "array"), .init("items", inferred(from: elements, dialect))])
        case .object: schema = object(values, dialect)
        }
        return values.count == examples.count ? schema : nullable(schema, dialect)
    }

    private static func object(_ values: [JSONValue], _ dialect: Dialect) -> JSONValue {
        let objects = values.map(\.members)
        var names: [String] = []
        for member in objects.joined() where !names.contains(member.name) { names.append(member.name) }
        if names == ["amount", "currency"] { return .object([.init("$ref", "#/components/schemas/Money")]) }
        var properties: [JSONMember] = []
        var required: [JSONValue] = []
        for name in names {
            let found = objects.compactMap { members in members.first { $0.name == name }?.value }
            properties.append(.init(name, inferred(from: found, dialect)))
            if found.count == objects.count { required.append(.string(name)) }
        }
        var members: [JSONMember] = [.init("type", "object"), .init("properties", .object(properties))]
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        return .object(members)
    }

    private static func string(_ text: String) -> JSONValue {
        var members: [JSONMember] = [.init("type", "string")]
        if Identifier<Route>(text) != nil {
            members.append(.init("format", "uuid"))
        } else if text.utf8.count == 24, text.hasSuffix("Z"), text.contains("T") {
            members.append(.init("format", "date-time"))
        }
        members.append(.init("example", .string(text)))
        return .object(members)
    }
}

extension JSONValue {
    fileprivate var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    fileprivate var members: [JSONMember] {
        if case .object(let members) = self { members } else { [] }
    }
}
