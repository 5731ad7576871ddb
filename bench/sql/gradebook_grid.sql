-- What GET /api/v1/courses/{courseId}/grades?limit=500 sends: the tenant's context, the course, how it is graded and a page of the grid
-- (Sources/LMSKit/Courses/Courses+SQL.swift, Sources/LMSKit/Gradebook/Gradebook+ReadSQL.swift), one implicit transaction in one round trip.
\startpipeline
SELECT set_config('search_path', :schema, true), set_config('role', :role, true);
SELECT c.id, c.slug, c.title, c.description, c.category, c.level, c.price_minor, c.currency, c.thumbnail_url,
    c.status, c.is_featured, c.is_trending, c.is_open, c.completion_threshold, c.tags, c.seat_limit,
    ARRAY(SELECT i.role || ':' || i.user_id FROM course_instructors i WHERE i.course_id = c.id
          ORDER BY i.assigned_at, i.user_id),
    c.version, c.seats_taken, c.published_lessons, c.rating_count, c.rating_sum,
    c.created_at, c.updated_at, c.published_at, c.series_id, c.edition, c.superseded_at, c.is_template
FROM courses c WHERE c.id = (:course)::uuid;
SELECT mode, missing_policy, missing_credit, rounding, decimals, letters, boundaries, is_muted, completion_grade,
    needs_mandatory_items, needs_all_lessons, version
FROM gradebooks WHERE course_id = (:course)::uuid;
SELECT id, name, (weight * 1000000)::bigint, drop_lowest FROM grade_categories WHERE course_id = (:course)::uuid
ORDER BY position, id;
SELECT i.id, i.course_id, i.kind, i.subject_id, i.title, (i.max_points * 1000000)::bigint, i.due_at, i.category_id,
    i.position, i.is_published, i.counts, i.is_extra_credit, i.is_mandatory, i.is_muted, i.version
FROM grade_items i WHERE i.course_id = (:course)::uuid ORDER BY i.position, i.id;
SELECT e.id, e.user_id, u.display_name, u.email, o.percentage, coalesce(o.version, 0), coalesce(g.items, '{}'),
    coalesce(g.scores, '{}'), coalesce(g.statuses, '{}'), coalesce(g.overrides, '{}'), coalesce(g.graded, '{}'),
    coalesce(g.released, '{}'), coalesce(g.versions, '{}')
FROM (
    SELECT id, user_id FROM enrollments
    WHERE course_id = (:course)::uuid AND status <> 'pending_payment' AND (NULL::uuid IS NULL OR id = NULL)
      AND (NULL::uuid IS NULL OR user_id = NULL) AND (NULL::uuid IS NULL OR id > NULL) AND (NOT false OR status = 'active')
    ORDER BY id LIMIT 501
) e
JOIN users u ON u.id = e.user_id
LEFT JOIN course_grade_overrides o ON o.course_id = (:course)::uuid AND o.user_id = e.user_id
LEFT JOIN LATERAL (
    SELECT array_agg(x.item_id) AS items,
           array_agg(coalesce((x.score * 1000000)::bigint, -1)) AS scores,
           array_agg(CASE WHEN x.is_excused THEN 'excused' ELSE x.status END) AS statuses,
           array_agg(coalesce((x.override_score * 1000000)::bigint, -1)) AS overrides,
           array_agg(x.graded_at) AS graded,
           array_agg(coalesce(x.released_at, 'epoch'::timestamptz)) AS released,
           array_agg(x.version::bigint) AS versions
    FROM grades x WHERE x.course_id = (:course)::uuid AND x.user_id = e.user_id
) g ON true
ORDER BY e.id;
\endpipeline
