// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import Foundation
internal import LMSHTTP
internal import LMSTenancy
internal import Testing

@testable import LMSHost

@Suite struct OpenAPITests {
    private let document = OpenAPIDocument(routes: Sample.routes, version: "1", dialect: .openAPI31).json

    @Test func `every route of the platform writes a body that is JSON and has a name of its own`() throws {
        var identifiers: Set<String> = []
        for route in try RouteTable.described {
            let operation = Operation(route: route, dialect: .openAPI31).json
            let (isNew, _) = identifiers.insert(operation["operationId"]?.text ?? "")
            #expect(isNew, "\(route.name)")
            if route.shape.responseMediaType == "application/json" {
                #expect(!route.shape.responseExamples.isEmpty, "\(route.name)")
            }
        }
    }

    @Test func `a body's schema has its types, limits and required fields`() throws {
        let schema = try #require(document["components"]?["schemas"]?["New"])
        #expect(schema["required"] == .array(["title"]))
        #expect(schema["properties"]?["title"]?["minLength"] == .number("3"))
        #expect(schema["properties"]?["price"]?["$ref"]?.text == "#/components/schemas/Money")
        #expect(schema["properties"]?["kind"]?["enum"] == .array(["first", "second"]))
        #expect(schema["properties"]?["role"] == nil)
        #expect(schema["additionalProperties"] == .bool(true))
    }

    @Test func `a route lists its parameters, replies and who may call it`() throws {
        let operation = try #require(document["paths"]?["/api/v1/samples"]?["post"])
        let ways = ["bearer", "apiKey"].map { JSONValue.object([JSONMember(name: $0, value: .array([]))]) }
        #expect(operation["security"] == .array(ways))
        #expect(operation["description"]?.text == "Needs the permission `sample:create`.")
        #expect(
            operation["responses"]?["201"]?["content"]?["application/json"]?["example"]?["title"]?.text == "Algebra"
        )
        #expect(
            operation["responses"]?["403"]?["description"]?.text
                == "TENANT_SUSPENDED, FORBIDDEN, SECOND_FACTOR_REQUIRED, NETWORK_NOT_ALLOWED, HOURS_NOT_ALLOWED"
        )
    }

    @Test func `the older dialect has no type of null`() throws {
        let old = OpenAPIDocument(routes: try RouteTable.described, version: "1", dialect: .openAPI30).json
        #expect(old["openapi"]?.text == "3.0.3")
        #expect(!old.indented.contains(#""null""#))
    }

    @Test func `a member that some examples lack is not required`() throws {
        let schema = JSONSchema.inferred(
            from: [
                try JSONValue.parse(Array(#"{"a":1,"b":"x","c":null}"#.utf8)),
                try JSONValue.parse(Array(#"{"a":1.5,"c":"2026-01-31T12:00:00.000Z"}"#.utf8)),
            ],
            .openAPI31
        )
        #expect(schema["required"] == .array(["a", "c"]))
        #expect(schema["properties"]?["a"]?["type"]?.text == "number")
        #expect(schema["properties"]?["c"]?["anyOf"] != nil)
    }

    @Test func `the collection has a request for each route`() throws {
        let collection = PostmanCollection(routes: Sample.routes).json
        guard case .array(let folders) = collection["item"] else {
            Issue.record("no folders")
            return
        }
        let requests = folders.map { folder in if case .array(let items) = folder["item"] { items.count } else { 0 } }
        #expect(requests.reduce(0, +) == Sample.routes.count)
    }

    @Test func `YAML nests as the JSON does`() throws {
        let value = try JSONValue.parse(Array(#"{"a":{"b":[1,{"c":"x: y","d":[]}],"200":true}}"#.utf8))
        #expect(value.yaml == "a:\n  b:\n    - 1\n    - c: \"x: y\"\n      d: []\n  \"200\": true\n")
    }

    @Test func `the description that is kept in the repository is that of the routes that are served`() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let kept = try String(contentsOf: root.appending(path: "docs/api-spec.yaml"), encoding: .utf8)
        let routes = try RouteTable.described
        let document = OpenAPIDocument(routes: routes, version: BuildInformation.version, dialect: .openAPI30)
        // Not `==`: a failure would print both documents.
        let isCurrent = kept == document.json.yaml
        #expect(isCurrent, "docs/api-spec.yaml is not what the routes say: run `make api-spec` and commit it")
    }
}
