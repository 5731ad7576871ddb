// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

public import LMSTenancy

extension MigrationSet {
    /// The learning domain's steps over a tenant's schema.
    public static let learning = MigrationSet([
        Migration("v0001_users", PackageResources.v0001_users_sql),
        Migration("v0002_roles", PackageResources.v0002_roles_sql),
        Migration("v0003_keys", PackageResources.v0003_keys_sql),
        Migration("v0004_sessions", PackageResources.v0004_sessions_sql),
        Migration("v0008_audit_events", PackageResources.v0008_audit_events_sql),
        Migration("v0010_courses", PackageResources.v0010_courses_sql),
        Migration("v0011_curriculum", PackageResources.v0011_curriculum_sql),
        Migration("v0012_enrollments", PackageResources.v0012_enrollments_sql),
        Migration("v0013_course_reviews", PackageResources.v0013_course_reviews_sql),
        Migration("v0030_files", PackageResources.v0030_files_sql),
        Migration("v0031_course_imports", PackageResources.v0031_course_imports_sql),
        Migration("v0040_idempotency_keys", PackageResources.v0040_idempotency_keys_sql),
        Migration("v0050_audit_actors", PackageResources.v0050_audit_actors_sql),
        Migration("v0060_account_names", PackageResources.v0060_account_names_sql),
        Migration("v0061_one_time_tokens", PackageResources.v0061_one_time_tokens_sql),
        Migration("v0062_invitations", PackageResources.v0062_invitations_sql),
        Migration("v0070_session_facts", PackageResources.v0070_session_facts_sql),
        Migration("v0071_factors", PackageResources.v0071_factors_sql),
        Migration("v0072_sign_in_challenges", PackageResources.v0072_sign_in_challenges_sql),
        Migration("v0073_remembered_devices", PackageResources.v0073_remembered_devices_sql),
        Migration("v0080_identity_providers", PackageResources.v0080_identity_providers_sql),
        Migration("v0090_api_keys", PackageResources.v0090_api_keys_sql),
        Migration("v0100_audit_chain", PackageResources.v0100_audit_chain_sql),
        Migration("v0101_signing_key_activation", PackageResources.v0101_signing_key_activation_sql),
        Migration("v0110_course_roles", PackageResources.v0110_course_roles_sql),
        Migration("v0120_mail_messages", PackageResources.v0120_mail_messages_sql),
        Migration("v0140_federated_sessions", PackageResources.v0140_federated_sessions_sql),
        Migration("v0145_impersonations", PackageResources.v0145_impersonations_sql),
        Migration("v0146_live_session_policies", PackageResources.v0146_live_session_policies_sql),
        Migration("v0147_mail_settings", PackageResources.v0147_mail_settings_sql),
        Migration("v0150_service_accounts", PackageResources.v0150_service_accounts_sql),
        Migration("v0151_api_keys_of_service_accounts", PackageResources.v0151_api_keys_of_service_accounts_sql),
        Migration("v0160_phone_proofs", PackageResources.v0160_phone_proofs_sql),
    ])
}
