// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSTenancy

/// The API's description for machines and for people, made once from the table itself.
struct ReferenceRoutes: Sendable {
    private let document: [UInt8]
    private let page: [UInt8]
    private let policy: String

    /// Describes a table.
    ///
    /// - Parameters:
    ///   - routes: The table, without these routes.
    ///   - version: The version of the program.
    ///   - cryptography: Makes the hashes of the page's policy.
    init(describing routes: [Route], version: String, cryptography: any Cryptography) {
        let json = OpenAPIDocument(routes: routes, version: version, dialect: .openAPI31).json
        document = Array(json.indented.utf8)
        page = Array(ReferencePage(routes: routes, version: version).html.utf8)
        policy = ReferencePolicy.field(cryptography)
    }

    var routes: [Route] {
        [
            .host("/openapi.json", "The API's OpenAPI 3.1 description", caching: .revalidated, handler: openAPI),
            .host("/docs", "The API's reference", caching: .revalidated, handler: reference),
        ]
    }

    private func openAPI(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: HostContext
    ) async throws -> Reply<Content> {
        .ok(Content(mediaType: "application/json", bytes: document))
    }

    private func reference(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: HostContext
    ) async throws -> Reply<Content> {
        var reply = Reply.ok(Content(mediaType: "text/html; charset=utf-8", bytes: page))
        var fields = HTTPFields()
        fields.append("content-security-policy", policy)
        reply.fields = fields
        return reply
    }
}
