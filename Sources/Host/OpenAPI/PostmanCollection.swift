// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// A Postman collection (format 2.1) of a table of routes, one folder for each feature.
struct PostmanCollection: Sendable {
    let routes: [Route]

    var json: JSONValue {
        let document = OpenAPIDocument(routes: routes, version: "", dialect: .openAPI31)
        let folders = document.tags.map { tag in
            JSONValue.object([
                .init("name", .string(tag)), .init("item", .array(routes.filter { $0.tag == tag }.map(item))),
            ])
        }
        return .object([
            .init(
                "info",
                .object([
                    .init("name", "LMSKit"),
                    .init("schema", "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"),
                ])
            ),
            .init(
                "variable",
                .array([
                    .object([.init("key", "baseUrl"), .init("value", "http://acme.localhost:8080")]),
                    .object([.init("key", "token"), .init("value", "")]),
                ])
            ),
            .init(
                "auth",
                .object([
                    .init("type", "bearer"),
                    .init("bearer", .array([.object([.init("key", "token"), .init("value", "{{token}}")])])),
                ])
            ),
            .init("item", .array(folders)),
        ])
    }

    private func item(_ route: Route) -> JSONValue {
        let path = route.path.description.split(separator: "/").map { segment in
            segment.hasPrefix("{") ? ":" + segment.dropFirst().dropLast() : String(segment)
        }
        var url: [JSONMember] = [
            .init("raw", .string("{{baseUrl}}/" + path.joined(separator: "/"))),
            .init("host", .array(["{{baseUrl}}"])), .init("path", .array(path.map(JSONValue.string))),
        ]
        if !route.shape.path.isEmpty {
            url.append(.init("variable", .array(route.shape.path.map { variable($0, .enabled) })))
        }
        if !route.shape.query.isEmpty {
            url.append(.init("query", .array(route.shape.query.map { variable($0, .disabled) })))
        }
        var request: [JSONMember] = [
            .init("method", .string(route.method.description)), .init("url", .object(url)),
        ]
        if route.shape.bodyFormats.contains(BodyFormat.json.rawValue) {
            var writer = JSONWriter()
            JSONValue.object(FieldDescription.examples(route.shape.body)).write(to: &writer)
            request.append(
                .init("header", .array([.object([.init("key", "Content-Type"), .init("value", "application/json")])]))
            )
            request.append(
                .init(
                    "body",
                    .object([
                        .init("mode", "raw"), .init("raw", .string(String(decoding: writer.bytes, as: UTF8.self))),
                    ])
                )
            )
        }
        return .object([.init("name", .string(route.summary)), .init("request", .object(request))])
    }

    private enum State {
        case enabled
        case disabled
    }

    private func variable(_ field: FieldDescription, _ state: State) -> JSONValue {
        let example: String =
            switch field.schema.example {
            case .string(let text), .number(let text): text
            case .bool(let flag): flag ? "true" : "false"
            default: ""
            }
        var members: [JSONMember] = [.init("key", .string(field.name)), .init("value", .string(example))]
        if state == .disabled { members.append(.init("disabled", .bool(true))) }
        return .object(members)
    }
}
