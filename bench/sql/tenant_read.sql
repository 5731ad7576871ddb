-- What GET /api/v1/courses/{courseId} sends: the tenant's context and the read, in one round trip.
\startpipeline
SELECT set_config('search_path', :schema, true), set_config('role', :role, true);
SELECT id FROM courses WHERE id = (:course)::uuid;
\endpipeline
