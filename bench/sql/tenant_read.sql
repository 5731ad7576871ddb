-- What GET /api/v1/users/me sends: the tenant's context and the read (Sources/LMSKit/Users/Users+SQL.swift, selectUser), one
-- implicit transaction in one round trip.
\startpipeline
SELECT set_config('search_path', :schema, true), set_config('role', :role, true);
SELECT u.id, u.email, u.display_name, u.avatar_url, u.status, u.version, u.created_at, u.updated_at, u.last_sign_in_at,
    ARRAY(SELECT coalesce(ur.built_in, r.name) FROM user_roles ur LEFT JOIN roles r ON r.id = ur.role_id
          WHERE ur.user_id = u.id ORDER BY 1) AS roles
FROM users u WHERE u.id = (:learner)::uuid;
\endpipeline
