-- The tenant's own roles; the built-in ones are in the code.
CREATE TABLE roles (
    id uuid CONSTRAINT roles_id_key PRIMARY KEY,
    name text NOT NULL CONSTRAINT roles_name_uq UNIQUE
        CONSTRAINT roles_name_ck CHECK (name ~ '^[a-z][a-z0-9_-]{1,39}$')
        CONSTRAINT roles_name_built_in_ck
            CHECK (name NOT IN ('owner', 'admin', 'instructor', 'assistant', 'student', 'auditor')),
    description text NOT NULL DEFAULT '' CONSTRAINT roles_description_ck CHECK (char_length(description) <= 500),
    -- resource:action:scope, such as course:read:own.
    permissions text[] NOT NULL CONSTRAINT roles_permissions_ck CHECK (cardinality(permissions) BETWEEN 1 AND 100),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Who holds which role: a built-in one by its name or one of the tenant's by its id.
CREATE TABLE user_roles (
    user_id uuid NOT NULL CONSTRAINT user_roles_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    built_in text CONSTRAINT user_roles_built_in_ck
        CHECK (built_in IN ('owner', 'admin', 'instructor', 'assistant', 'student', 'auditor')),
    role_id uuid CONSTRAINT user_roles_role_id_fk REFERENCES roles (id),
    granted_at timestamptz NOT NULL,
    CONSTRAINT user_roles_one_ck CHECK ((built_in IS NULL) <> (role_id IS NULL)),
    CONSTRAINT user_roles_user_id_built_in_uq UNIQUE (user_id, built_in),
    CONSTRAINT user_roles_user_id_role_id_uq UNIQUE (user_id, role_id)
);
CREATE INDEX user_roles_role_id_idx ON user_roles (role_id) WHERE role_id IS NOT NULL;
CREATE INDEX user_roles_built_in_idx ON user_roles (built_in, user_id) WHERE built_in <> 'student';
