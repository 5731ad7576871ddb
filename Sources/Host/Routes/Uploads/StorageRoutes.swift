// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

internal import LMSHTTP
internal import LMSKit
internal import LMSTenancy

/// Show how much a tenant may store, and let operators change it.
struct StorageRoutes: Sendable {
    let uploads: Uploads
    let platform: PlatformServices

    var routes: [Route] {
        [
            Route(
                .get,
                "/api/v1/tenant/storage",
                "Show how much may be stored, and how much is",
                access: .permission(.tenantRead),
                problems: [.forbidden],
                handler: show
            ),
            .platform(
                .get,
                "/api/v1/platform/tenants/{tenantId}/storage",
                "Show how much a tenant may store, and how much it does",
                access: .operator(.readTenants),
                problems: [.tenantNotInState],
                handler: showTenant
            ),
            .platform(
                .patch,
                "/api/v1/platform/tenants/{tenantId}/storage",
                "Change how much a tenant may store",
                access: .operator(.manageTenants),
                problems: [.tenantNotInState],
                handler: change
            ),
        ]
    }

    private func show(
        _ input: Input<Nothing, Nothing, Nothing>,
        _ context: RequestContext
    ) async throws -> Reply<StorageBody> {
        .ok(StorageBody(try await uploads.storage(reader: context.reader)))
    }

    private func showTenant(
        _ input: Input<PlatformTenantPath, Nothing, Nothing>,
        _ context: PlatformContext
    ) async throws -> Reply<StorageBody> {
        try await storage(of: try await served(input.path.tenantId))
    }

    private func change(
        _ input: Input<PlatformTenantPath, Nothing, StorageChangeRequest>,
        _ context: PlatformContext
    ) async throws -> Reply<StorageBody> {
        let tenant = try await served(input.path.tenantId)
        try await platform.operators.record(
            "tenant.storage_changed",
            at: tenant.id,
            by: try context.operator,
            from: context.origin
        )
        try await platform.tenants.transaction(for: tenant.id, as: Self.principal) { session in
            try await uploads.change(input.body.changes, session: session)
        }
        return try await storage(of: tenant)
    }

    private func storage(of tenant: Tenant) async throws -> Reply<StorageBody> {
        .ok(
            StorageBody(
                try await uploads.storage(reader: platform.tenants.reader(for: tenant.id, as: Self.principal))
            )
        )
    }

    private func served(_ id: TenantID) async throws -> Tenant {
        guard let tenant = try await platform.administration.find(id: id) else { throw Problem(.notFound) }
        guard tenant.status != .deleted else { throw Problem(.tenantNotInState) }
        return tenant
    }

    static let principal = Principal(.system("platform"), grants: Grants())
}

/// How much a tenant may store, and how much it does.
struct StorageBody: ResponseBody {
    let storage: FileStorage

    init(_ storage: FileStorage) {
        self.storage = storage
    }

    static var example: StorageBody {
        StorageBody(
            FileStorage(
                byteLimit: 107_374_182_400,
                usedBytes: 2_147_483_648,
                reservedBytes: 1_048_576,
                useLimits: [.courseAsset: 10_737_418_240, .caption: 2_097_152, .submission: 104_857_600]
            )
        )
    }

    func write(to json: inout JSONWriter) {
        json.object { object in
            object.field("byteLimit", storage.byteLimit)
            object.field("usedBytes", storage.usedBytes)
            object.field("reservedBytes", storage.reservedBytes)
            object.field("courseAssetLimit", storage.useLimits[.courseAsset])
            object.field("captionLimit", storage.useLimits[.caption])
            object.field("submissionLimit", storage.useLimits[.submission])
        }
    }
}

/// `PATCH /api/v1/platform/tenants/{tenantId}/storage`: what is left out stays.
struct StorageChangeRequest: RequestBody {
    let changes: FileStorage.Changes

    init(fields: inout FieldReader) {
        var changes = FileStorage.Changes()
        changes.byteLimit = fields.optional("byteLimit", .integer(0...Uploads.storageLimit))
        changes.useLimits[.courseAsset] = fields.optional("courseAssetLimit", .integer(1...Uploads.fileLimit))
        changes.useLimits[.caption] = fields.optional("captionLimit", .integer(1...Uploads.fileLimit))
        changes.useLimits[.submission] = fields.optional("submissionLimit", .integer(1...Uploads.fileLimit))
        self.changes = changes
    }
}
