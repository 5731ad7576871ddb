-- What GET /api/v1/courses sends: the tenant's context, a page of the newest courses and how many there are
-- (Sources/LMSKit/Courses/Courses+ListSQL.swift), one implicit transaction in one round trip.
\startpipeline
SELECT set_config('search_path', :schema, true), set_config('role', :role, true);
SELECT c.id, c.slug, c.title, c.description, c.category, c.level, c.price_minor, c.currency, c.thumbnail_url,
    c.status, c.is_featured, c.is_trending, c.is_open, c.completion_threshold, c.tags, c.seat_limit,
    ARRAY(SELECT i.role || ':' || i.user_id FROM course_instructors i WHERE i.course_id = c.id
          ORDER BY i.assigned_at, i.user_id),
    c.version, c.seats_taken, c.published_lessons, c.rating_count, c.rating_sum,
    c.created_at, c.updated_at, c.published_at, c.series_id, c.edition, c.superseded_at, c.is_template
FROM courses c
WHERE c.status = 'published' AND NOT c.is_template
ORDER BY c.id DESC LIMIT 21;
SELECT count(*) FROM courses c
WHERE c.status = 'published' AND NOT c.is_template;
\endpipeline
