-- A person who learned in two versions of a course may have reviewed both, and is one person: the rating of a version counts their
-- review of the latest version up to it.
CREATE FUNCTION course_rating(course uuid, series uuid, until integer, OUT count integer, OUT sum bigint)
LANGUAGE sql STABLE AS $$
    SELECT count(*)::integer, coalesce(sum(o.rating), 0)::bigint
    FROM (SELECT DISTINCT ON (r.user_id) r.rating
          FROM course_reviews r JOIN courses s ON s.id = r.course_id
          WHERE r.status = 'approved' AND (s.id = course OR s.series_id = series AND s.edition <= until)
          ORDER BY r.user_id, s.edition DESC, r.id DESC) o
$$;

-- As in v0385, but for the rating.
CREATE OR REPLACE FUNCTION supersede_course_versions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    SELECT p.id, p.slug INTO held FROM courses p
    WHERE p.series_id = NEW.series_id AND p.edition < NEW.edition AND p.superseded_at IS NULL AND p.published_at IS NOT NULL
    ORDER BY p.edition DESC LIMIT 1;
    UPDATE courses p SET status = 'archived', superseded_at = NEW.updated_at, updated_at = NEW.updated_at,
        version = p.version + 1,
        slug = CASE WHEN p.id IS DISTINCT FROM held.id THEN p.slug ELSE
            rtrim(left(p.slug, 230), '-') || '-v' || p.edition
            || CASE WHEN EXISTS (SELECT FROM courses o WHERE o.slug = rtrim(left(p.slug, 230), '-') || '-v' || p.edition)
                    THEN '-' || right(p.id::text, 12) ELSE '' END END
    WHERE p.series_id = NEW.series_id AND p.edition < NEW.edition AND p.superseded_at IS NULL;
    IF held.id IS NOT NULL THEN
        NEW.slug := held.slug;
        UPDATE course_wishes SET course_id = NEW.id WHERE course_id = held.id;
        UPDATE course_prerequisites p SET prerequisite_id = NEW.id
        WHERE p.prerequisite_id = held.id AND p.course_id <> NEW.id AND NOT EXISTS (
            SELECT FROM course_prerequisites o
            WHERE o.course_id = p.course_id AND o.prerequisite_id = NEW.id
               OR o.course_id = NEW.id AND o.prerequisite_id = p.course_id);
    END IF;
    SELECT r.count, r.sum INTO NEW.rating_count, NEW.rating_sum
    FROM course_rating(NEW.id, NEW.series_id, NEW.edition) r;
    RETURN NEW;
END
$$;

UPDATE courses c SET (rating_count, rating_sum) = (SELECT r.count, r.sum FROM course_rating(c.id, c.series_id, c.edition) r)
WHERE c.series_id IS NOT NULL AND c.published_at IS NOT NULL;
