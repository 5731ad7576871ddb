// SPDX-License-Identifier: Apache-2.0
// LMSKit, a multi-tenant learning platform.

extension SQL {
    static let currentUserIsSuperuser: SQL =
        "SELECT rolsuper AS is_superuser FROM pg_roles WHERE rolname = current_user"
}

extension Script {
    /// NOINHERIT, so that a login reads nothing before it takes a tenant's role.
    static func createLogin(_ login: LoginName, password: Secret<String>) -> Script {
        """
        DO $do$ BEGIN
            CREATE ROLE \(login);
        EXCEPTION WHEN duplicate_object THEN NULL;
        END $do$;
        ALTER ROLE \(login) LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
            PASSWORD \(literal: password.reveal());
        """
    }

    /// Large objects, advisory locks and notifications are shared by a whole database whatever the schema.
    static let revokePublicRights: Script = """
        REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
        REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        DO $do$
        DECLARE
            routine regprocedure;
        BEGIN
            EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
            FOR routine IN
                SELECT p.oid FROM pg_catalog.pg_proc AS p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace
                    AND (p.proname LIKE 'lo\\_%' OR p.proname IN ('loread', 'lowrite', 'pg_notify')
                        OR p.proname LIKE 'pg\\_%advisory%')
            LOOP
                EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
            END LOOP;
        END $do$;
        """

    static func grantLogins(_ logins: [LoginName], provisioner: LoginName) -> Script {
        let grants = logins.map { login -> Script in
            """
            DO $do$ BEGIN
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO \(login)', current_database());
            END $do$;
            GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO \(login);
            """
        }
        return .joining(
            grants + [
                """
                DO $do$ BEGIN
                    EXECUTE format('GRANT CREATE ON DATABASE %I TO \(provisioner)', current_database());
                END $do$;
                GRANT USAGE ON LANGUAGE plpgsql TO \(provisioner);
                GRANT EXECUTE ON FUNCTION pg_catalog.pg_try_advisory_lock(bigint) TO \(provisioner);
                GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_unlock(bigint) TO \(provisioner);
                """
            ]
        )
    }

    /// The only way to a role for the provisioner, which has no CREATEROLE: that right would let it take any role.
    static func roleFunctions(_ installation: InstallationPrefix, provisioner: LoginName) -> Script {
        """
        CREATE SCHEMA IF NOT EXISTS lms_roles;
        CREATE OR REPLACE FUNCTION lms_roles.create_tenant_role(role_name text, shard integer) RETURNS void
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
        BEGIN
            IF role_name !~ \(literal: "^" + installation.description + "_t_[0-9a-z]{26}$") OR shard < 0 THEN
                RAISE EXCEPTION 'not a tenant role' USING ERRCODE = '42501';
            END IF;
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role_name);
            END IF;
            EXECUTE format('GRANT %I TO %I', role_name, \(literal: installation.description + "_s") || shard);
        END $function$;
        CREATE OR REPLACE FUNCTION lms_roles.drop_tenant_role(role_name text) RETURNS void
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
        BEGIN
            IF role_name !~ \(literal: "^" + installation.description + "_t_[0-9a-z]{26}$") THEN
                RAISE EXCEPTION 'not a tenant role' USING ERRCODE = '42501';
            END IF;
            EXECUTE format('DROP ROLE IF EXISTS %I', role_name);
        END $function$;
        REVOKE ALL ON FUNCTION lms_roles.create_tenant_role(text, integer) FROM PUBLIC;
        REVOKE ALL ON FUNCTION lms_roles.drop_tenant_role(text) FROM PUBLIC;
        GRANT USAGE ON SCHEMA lms_roles TO \(provisioner);
        GRANT EXECUTE ON FUNCTION lms_roles.create_tenant_role(text, integer) TO \(provisioner);
        GRANT EXECUTE ON FUNCTION lms_roles.drop_tenant_role(text) TO \(provisioner);
        """
    }
}
