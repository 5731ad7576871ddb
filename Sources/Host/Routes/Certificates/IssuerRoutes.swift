// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Where anybody finds who issued a badge and whether it still holds, whatever becomes of the organization's own address.
///
/// They are on the base domain, by the organization's identifier: nobody who takes over a name that became free takes over
/// what was issued under it.
struct IssuerRoutes: Sendable {
    let certificates: Certificates
    let services: PlatformServices

    var routes: [Route] {
        [
            .platform(
                .get,
                "/issuers/{tenantId}/did.json",
                "Who issues an organization's badges, and with which keys",
                access: .platformPublic,
                problems: [.certificateNotFound],
                handler: document
            ),
            .platform(
                .get,
                "/issuers/{tenantId}/status-lists/{listNumber}",
                "Which of 131,072 badges of an organization are revoked, signed",
                access: .platformPublic,
                problems: [.certificateNotFound, .badgesNotBuilt],
                handler: statusList
            ),
        ]
    }

    private func document(
        _ input: Input<PlatformTenantPath, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<IssuerDocumentBody> {
        if let reader = try await reader(of: input.path.tenantId) {
            return .ok(IssuerDocumentBody(document: try await certificates.issuer(reader: reader)))
        }
        guard let document = IssuerDocument(try await archived(input.path.tenantId)) else {
            throw Problem(.certificateNotFound)
        }
        return .ok(IssuerDocumentBody(document: document))
    }

    private func statusList(
        _ input: Input<IssuerStatusListPath, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<Content> {
        let number = input.path.listNumber
        let list: String
        if let reader = try await reader(of: input.path.tenantId) {
            list = try await certificates.statusList(number, reader: reader)
        } else {
            let lists = try await archived(input.path.tenantId).statusLists
            guard lists.indices.contains(number) else { throw Problem(.certificateNotFound) }
            list = lists[number]
        }
        return .ok(Content(mediaType: "application/vc+jwt", bytes: Array(list.utf8)))
    }

    /// Reads for anybody; `nil` if the organization is gone, or never was.
    ///
    /// Also of one that is suspended or deleted: its badges are still looked at.
    private func reader(of tenant: TenantID) async throws -> TenantReader? {
        try await services.directory.find(id: tenant).map { services.tenants.reader(for: $0.id, as: .anonymous) }
    }

    /// What was kept of an organization that is gone.
    private func archived(_ tenant: TenantID) async throws -> ArchivedIssuer {
        guard let issuer = try await services.issuers.find(tenant) else { throw Problem(.certificateNotFound) }
        return issuer
    }
}

/// `/issuers/{tenantId}/status-lists/{listNumber}`.
struct IssuerStatusListPath: PathParameters {
    let tenantId: TenantID
    let listNumber: Int

    init(fields: inout FieldReader) {
        tenantId = TenantID(fields.required("tenantId", .id(Tenant.self)).uuid)
        listNumber = fields.required("listNumber", .integer(0...1_000_000))
    }
}
