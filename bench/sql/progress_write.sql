-- What PUT /api/v1/enrollments/{enrollmentId}/lessons/{lessonId}/progress sends: the tenant's context, the lock and the report
-- (Sources/LMSKit/Progress/ProgressRecords+SQL.swift), one transaction in one round trip. pgbench has no list of texts to choose
-- from, so bench/writes.py makes a copy for each learner with the identifiers in place of the names in braces.
\set seconds random(0, 3599)
\startpipeline
SELECT set_config('search_path', :schema, true), set_config('role', :role, true);
SELECT FROM enrollments WHERE id = '{enrollment}'::uuid
    AND ('{learner}'::uuid IS NULL OR user_id = '{learner}'::uuid) FOR NO KEY UPDATE;
WITH e AS (
    SELECT e.id, e.course_id, e.status, c.published_lessons, c.completion_threshold, c.status AS course_status
    FROM enrollments e JOIN courses c ON c.id = e.course_id
    WHERE e.id = '{enrollment}'::uuid AND ('{learner}'::uuid IS NULL OR e.user_id = '{learner}'::uuid)
), o AS (
    SELECT time_spent_seconds, completed_at FROM lesson_progress
    WHERE enrollment_id = '{enrollment}'::uuid AND lesson_id = '{lesson}'::uuid
), p AS (
    INSERT INTO lesson_progress AS p (enrollment_id, lesson_id, status, position_seconds, time_spent_seconds,
                                      started_at, completed_at, last_accessed_at)
    SELECT e.id, l.id, CASE WHEN false THEN 'completed' ELSE 'in_progress' END,
           coalesce((:seconds)::integer, 0), coalesce((:seconds)::integer, 0), now(),
           CASE WHEN false THEN now() END, now()
    FROM e JOIN lessons l ON l.course_id = e.course_id
    WHERE l.id = '{lesson}'::uuid AND l.status = 'published' AND e.status IN ('active', 'completed')
      AND e.course_status IN ('published', 'archived')
    ON CONFLICT ON CONSTRAINT lesson_progress_key DO UPDATE SET
        status = CASE WHEN p.status = 'completed' THEN p.status ELSE excluded.status END,
        position_seconds = coalesce((:seconds)::integer, p.position_seconds),
        time_spent_seconds = greatest(p.time_spent_seconds, excluded.time_spent_seconds),
        completed_at = coalesce(p.completed_at, excluded.completed_at),
        last_accessed_at = excluded.last_accessed_at
    RETURNING p.lesson_id, p.status, p.position_seconds, p.time_spent_seconds, p.started_at, p.completed_at,
              p.last_accessed_at
), d AS (
    SELECT p.time_spent_seconds - coalesce(o.time_spent_seconds, 0) AS seconds,
           CASE WHEN p.completed_at IS NOT NULL AND o.completed_at IS NULL THEN 1 ELSE 0 END AS done
    FROM p LEFT JOIN o ON true
), u AS (
    UPDATE enrollments t SET
        completed_lessons = t.completed_lessons + d.done,
        time_spent_seconds = t.time_spent_seconds + d.seconds,
        last_lesson_id = '{lesson}'::uuid,
        last_accessed_at = now(),
        started_at = coalesce(t.started_at, now()),
        status = CASE WHEN t.status = 'active' AND e.published_lessons > 0
            AND (t.completed_lessons + d.done) * 100 >= e.completion_threshold * e.published_lessons
            THEN 'completed' ELSE t.status END,
        completed_at = CASE WHEN t.status = 'active' AND e.published_lessons > 0
            AND (t.completed_lessons + d.done) * 100 >= e.completion_threshold * e.published_lessons
            THEN now() ELSE t.completed_at END
    FROM e, d WHERE t.id = '{enrollment}'::uuid
    RETURNING t.id, t.user_id, t.course_id, t.status, t.completed_lessons, t.time_spent_seconds, t.last_lesson_id,
              t.enrolled_at, t.started_at, t.completed_at, t.last_accessed_at
)
SELECT e.status, u.id, u.user_id, u.course_id, u.status, u.completed_lessons, e.published_lessons,
       u.time_spent_seconds, u.last_lesson_id, u.enrolled_at, u.started_at, u.completed_at, u.last_accessed_at,
       p.lesson_id, p.status, p.position_seconds, p.time_spent_seconds, p.started_at, p.completed_at,
       p.last_accessed_at
FROM e LEFT JOIN u ON true LEFT JOIN p ON true;
\endpipeline
