// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSTenancy

/// `lms openapi`.
struct OpenAPIArguments: CommandArguments {
    let isVersion30: Bool
    let isYAML: Bool
    let isPostman: Bool

    init(arguments: inout ArgumentReader) {
        isVersion30 = arguments.flag("3.0", "Write OpenAPI 3.0 for tools that do not read 3.1")
        isYAML = arguments.flag("yaml", "Write YAML instead of JSON")
        isPostman = arguments.flag("postman", "Write a Postman collection instead")
    }
}

extension Command {
    static let openAPI = Command("openapi", "Print the description of the API", OpenAPIArguments.self) {
        arguments,
        console in
        let routes = try RouteTable.described
        if arguments.isPostman {
            console.output(PostmanCollection(routes: routes).json.indented)
            return .success
        }
        let document = OpenAPIDocument(
            routes: routes,
            version: BuildInformation.version,
            dialect: arguments.isVersion30 ? .openAPI30 : .openAPI31
        )
        console.output(arguments.isYAML ? document.json.yaml : document.json.indented)
        return .success
    }
}
