// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// The OpenAPI description of a table of routes.
struct OpenAPIDocument: Sendable {
    let routes: [Route]
    let version: String
    let dialect: JSONSchema.Dialect

    /// The document.
    var json: JSONValue {
        .object([
            .init("openapi", dialect == .openAPI31 ? "3.1.0" : "3.0.3"),
            .init(
                "info",
                .object([
                    .init("title", "LMSKit"), .init("version", .string(version)),
                    .init("license", .object([.init("name", "Apache-2.0")])),
                    .init("description", "A learning platform for many organizations; each has its own host."),
                ])
            ),
            .init(
                "servers",
                .array([
                    .object([
                        .init("url", "http://{tenant}.localhost:8080"),
                        .init("variables", .object([.init("tenant", .object([.init("default", "acme")]))])),
                    ])
                ])
            ),
            .init("tags", .array(tags.map { .object([.init("name", .string($0))]) })),
            .init("paths", .object(paths)),
            .init("components", components),
        ])
    }

    /// The features, in the order of the table.
    var tags: [String] {
        var tags: [String] = []
        for route in routes where !tags.contains(route.tag) { tags.append(route.tag) }
        return tags
    }

    private var paths: [JSONMember] {
        var order: [String] = []
        for route in routes where !order.contains(route.path.description) { order.append(route.path.description) }
        return order.map { path in
            let operations = routes.filter { $0.path.description == path }.map { route in
                JSONMember(route.method.description.lowercased(), Operation(route: route, dialect: dialect).json)
            }
            return JSONMember(path, .object(operations))
        }
    }

    private var components: JSONValue {
        var schemas: [JSONMember] = [.init("Money", JSONSchema.money), .init("Problem", problem)]
        var names: Set<String> = ["Money", "Problem"]
        for route in routes {
            let shape = route.shape
            if !shape.body.isEmpty, names.insert(shape.bodyName).inserted {
                schemas.append(.init(shape.bodyName, JSONSchema.object(shape.body, dialect)))
            }
            if !shape.responseExamples.isEmpty, names.insert(shape.responseSchemaName).inserted {
                let schema = JSONSchema.inferred(from: shape.responseExamples, dialect)
                schemas.append(.init(shape.responseSchemaName, schema))
            }
        }
        let bearer: JSONValue = .object([
            .init("type", "http"), .init("scheme", "bearer"), .init("bearerFormat", "JWT"),
        ])
        let apiKey: JSONValue = .object([
            .init("type", "apiKey"), .init("in", "header"), .init("name", "X-API-Key"),
        ])
        // Opaque, and good on the base domain alone.
        let operatorBearer: JSONValue = .object([.init("type", "http"), .init("scheme", "bearer")])
        return .object([
            .init("schemas", .object(schemas)),
            .init(
                "securitySchemes",
                .object([.init("bearer", bearer), .init("apiKey", apiKey), .init("operator", operatorBearer)])
            ),
        ])
    }

    private var problem: JSONValue {
        func text(_ example: String) -> JSONValue {
            .object([.init("type", "string"), .init("example", .string(example))])
        }
        let issue: JSONValue = .object([
            .init("type", "object"),
            .init(
                "properties",
                .object([
                    .init("field", text("title")), .init("code", text("TOO_SHORT")),
                    .init("message", text("is too short")),
                ])
            ),
        ])
        return .object([
            .init("type", "object"),
            .init(
                "properties",
                .object([
                    .init("type", text("urn:lms:problem:not-found")), .init("title", text("There is nothing here.")),
                    .init("status", .object([.init("type", "integer"), .init("example", 404)])),
                    .init("code", text("NOT_FOUND")), .init("detail", text("")),
                    .init("instance", text("/api/v1/courses")),
                    .init("traceId", text("4bf92f3577b34da6a3ce929d0e0e4736")),
                    .init("errors", .object([.init("type", "array"), .init("items", issue)])),
                ])
            ),
            .init("required", .array(["type", "title", "status", "code", "instance", "traceId"])),
        ])
    }
}

extension Route {
    /// The feature: the first segment after the version.
    var tag: String {
        let parts = path.description.split(separator: "/")
        return String(parts.count > 2 && parts[0] == "api" ? parts[2] : "system")
    }
}

extension Route.Shape {
    /// The name of a reply's schema; a page is named after its items.
    var responseSchemaName: String {
        responseName.replacing("ListBody<", with: "PageOf").replacing(">", with: "")
    }
}
