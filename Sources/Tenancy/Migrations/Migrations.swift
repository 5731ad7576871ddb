// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension MigrationSet {
    /// The steps of the directory's schema, `control`.
    public static let control = MigrationSet([
        Migration("v0001_directory", PackageResources.v0001_directory_sql),
        Migration("v0030_audit_anchors", PackageResources.v0030_audit_anchors_sql),
        Migration("v0040_operators", PackageResources.v0040_operators_sql),
    ])

    /// The steps of the schema that all tenants of a database share, `cell`.
    public static let cell = MigrationSet([
        Migration("v0001_schemas", PackageResources.v0001_schemas_sql),
        Migration("v0020_audit_chain", PackageResources.v0020_audit_chain_sql),
        Migration("v0010_jobs", PackageResources.v0010_jobs_sql),
    ])
}
