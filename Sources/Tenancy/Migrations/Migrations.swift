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
        Migration("v0010_jobs", PackageResources.v0010_jobs_sql),
        Migration("v0020_audit_chain", PackageResources.v0020_audit_chain_sql),
        Migration("v0030_outbox", PackageResources.v0030_outbox_sql),
        Migration("v0040_job_queues", PackageResources.v0040_job_queues_sql),
        Migration("v0041_job_leases", PackageResources.v0041_job_leases_sql),
        Migration("v0042_job_breakers", PackageResources.v0042_job_breakers_sql),
        Migration("v0043_job_schedules", PackageResources.v0043_job_schedules_sql),
        Migration("v0044_tenant_jobs", PackageResources.v0044_tenant_jobs_sql),
        Migration("v0045_outbox_bounds", PackageResources.v0045_outbox_bounds_sql),
        Migration("v0046_tenant_shares", PackageResources.v0046_tenant_shares_sql),
        Migration("v0047_job_lease_cost", PackageResources.v0047_job_lease_cost_sql),
        Migration("v0060_quiz_deadlines", PackageResources.v0060_quiz_deadlines_sql),
        Migration("v0062_certificate_jobs", PackageResources.v0062_certificate_jobs_sql),
        Migration("v0064_upload_jobs", PackageResources.v0064_upload_jobs_sql),
        Migration("v0068_issuer_archives", PackageResources.v0068_issuer_archives_sql),
        Migration("v0069_assignment_jobs", PackageResources.v0069_assignment_jobs_sql),
        Migration("v0070_quiz_closings", PackageResources.v0070_quiz_closings_sql),
        Migration("v0071_completion_decisions", PackageResources.v0071_completion_decisions_sql),
    ])
}
