// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// Schemas as OpenAPI writes them, from field descriptions and from examples.
enum JSONSchema {
    /// OpenAPI 3.1 uses JSON Schema 2020-12; 3.0 has a dialect of its own for `null`.
    enum Dialect: Sendable {
        case openAPI31
        case openAPI30
    }

    /// The schema of an object with these fields.
    static func object(_ fields: [FieldDescription], _ dialect: Dialect) -> JSONValue {
        let shown = fields.filter { $0.presence != .ignored }
        var members: [JSONMember] = [
            .init("type", "object"),
            .init("properties", .object(shown.map { JSONMember(name: $0.name, value: property($0, dialect)) })),
        ]
        let required = shown.filter { $0.presence == .required }.map { JSONValue.string($0.name) }
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        let isClosed = fields.allSatisfy { $0.presence != .ignored }
        members.append(.init("additionalProperties", .bool(!isClosed)))
        return .object(members)
    }

    /// The schema of one field.
    static func property(_ field: FieldDescription, _ dialect: Dialect) -> JSONValue {
        let schema = of(field.schema, dialect)
        return field.presence == .clearable ? nullable(schema, dialect) : schema
    }

    /// The schema of a value.
    static func of(_ schema: Schema, _ dialect: Dialect) -> JSONValue {
        switch schema {
        case .text(let length, let format, let example):
            var members: [JSONMember] = [
                .init("type", "string"), .init("minLength", length.lowerBound), .init("maxLength", length.upperBound),
            ]
            if let format { members.append(.init("format", .string(format))) }
            if !example.isEmpty { members.append(.init("example", .string(example))) }
            return .object(members)
        case .integer(let range):
            return .object([
                .init("type", "integer"), .init("minimum", range.lowerBound), .init("maximum", range.upperBound),
            ])
        case .number(let range):
            return .object([
                .init("type", "number"), .init("minimum", .number(range.lowerBound.description)),
                .init("maximum", .number(range.upperBound.description)),
            ])
        case .flag: return .object([.init("type", "boolean")])
        case .identifier(let entity):
            return .object([
                .init("type", "string"), .init("format", "uuid"), .init("description", .string("\(entity) identifier")),
            ])
        case .choice(let names):
            return .object([.init("type", "string"), .init("enum", .array(names.map(JSONValue.string)))])
        case .date: return .object([.init("type", "string"), .init("format", "date-time")])
        case .money: return .object([.init("$ref", "#/components/schemas/Money")])
        case .list(let element, let count):
            return .object([
                .init("type", "array"), .init("items", of(element, dialect)), .init("minItems", count.lowerBound),
                .init("maxItems", count.upperBound),
            ])
        case .object(_, let fields): return object(fields, dialect)
        case .anything: return .object([])
        }
    }

    /// An amount and its currency.
    static let money: JSONValue = .object([
        .init("type", "object"),
        .init(
            "properties",
            .object([
                .init("amount", .object([.init("type", "string"), .init("example", "12.50")])),
                .init(
                    "currency",
                    .object([.init("type", "string"), .init("pattern", "^[A-Z]{3}$"), .init("example", "USD")])
                ),
            ])
        ),
        .init("required", .array(["amount", "currency"])),
    ])

    static func nullable(_ schema: JSONValue, _ dialect: Dialect) -> JSONValue {
        switch dialect {
        case .openAPI31: return .object([.init("anyOf", .array([schema, .object([.init("type", "null")])]))])
        case .openAPI30:
            guard case .object(let members) = schema, schema["$ref"] == nil else {
                return .object([.init("allOf", .array([schema])), .init("nullable", .bool(true))])
            }
            return .object(members + [.init("nullable", .bool(true))])
        }
    }
}

extension JSONMember {
    init(_ name: String, _ value: JSONValue) {
        self.init(name: name, value: value)
    }

    init(_ name: String, _ value: String) {
        self.init(name: name, value: .string(value))
    }

    init(_ name: String, _ value: Int) {
        self.init(name: name, value: .number(String(value)))
    }
}
