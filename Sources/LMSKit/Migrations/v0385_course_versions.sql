-- Versions of a course are courses of one series, and a template is a course that is copied and never offered. What is copied into a
-- next version carries the identifier that it had in the first one.
ALTER TABLE courses
    -- The identifier of the first version, which may be gone; NULL for a course that has no other.
    ADD COLUMN series_id uuid,
    ADD COLUMN edition integer NOT NULL DEFAULT 1,
    -- When a later version took its place.
    ADD COLUMN superseded_at timestamptz,
    ADD COLUMN is_template boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT courses_edition_ck CHECK (edition BETWEEN 1 AND 200) NOT VALID,
    ADD CONSTRAINT courses_superseded_at_ck CHECK (superseded_at IS NULL OR status = 'archived') NOT VALID,
    ADD CONSTRAINT courses_is_template_ck
        CHECK (NOT is_template OR (status = 'draft' AND published_at IS NULL AND series_id IS NULL)) NOT VALID;
ALTER TABLE courses
    VALIDATE CONSTRAINT courses_edition_ck,
    VALIDATE CONSTRAINT courses_superseded_at_ck,
    VALIDATE CONSTRAINT courses_is_template_ck;
CREATE UNIQUE INDEX courses_series_edition_uq ON courses (series_id, edition) WHERE series_id IS NOT NULL;
CREATE UNIQUE INDEX courses_series_draft_uq ON courses (series_id) WHERE series_id IS NOT NULL AND status IN ('draft', 'in_review');
CREATE UNIQUE INDEX courses_series_published_uq ON courses (series_id) WHERE series_id IS NOT NULL AND status = 'published';
CREATE INDEX courses_template_idx ON courses (id) WHERE is_template;

ALTER TABLE modules ADD COLUMN origin_id uuid;
ALTER TABLE lessons ADD COLUMN origin_id uuid;
ALTER TABLE quizzes ADD COLUMN origin_id uuid;
ALTER TABLE assignments ADD COLUMN origin_id uuid;
ALTER TABLE grade_items ADD COLUMN origin_id uuid;
CREATE UNIQUE INDEX lessons_course_id_origin_id_uq ON lessons (course_id, origin_id) WHERE origin_id IS NOT NULL;
CREATE UNIQUE INDEX grade_items_course_id_origin_id_uq ON grade_items (course_id, origin_id) WHERE origin_id IS NOT NULL;

-- Files of other courses that a copy shows: nobody stores bytes twice.
CREATE TABLE shared_files (
    course_id uuid NOT NULL CONSTRAINT shared_files_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    file_id uuid NOT NULL CONSTRAINT shared_files_file_id_fk REFERENCES files (id) ON DELETE CASCADE,
    CONSTRAINT shared_files_key PRIMARY KEY (course_id, file_id)
);
CREATE INDEX shared_files_file_id_idx ON shared_files (file_id);

-- A version becomes the current one in many ways: by itself, with others, by an approval. Each goes through here. What was offered
-- before is put away, and what leads to it leads to the new one: its slug, wishes, and where it is asked for.
CREATE FUNCTION supersede_course_versions() RETURNS trigger LANGUAGE plpgsql AS $$
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
    SELECT count(*), coalesce(sum(r.rating), 0) INTO NEW.rating_count, NEW.rating_sum
    FROM course_reviews r
    WHERE r.status = 'approved' AND r.course_id IN (
        SELECT s.id FROM courses s WHERE s.series_id = NEW.series_id AND s.edition <= NEW.edition);
    RETURN NEW;
END
$$;
-- After `courses_approval` by its name: what is not approved supersedes nothing.
CREATE TRIGGER courses_supersession BEFORE UPDATE OF status ON courses FOR EACH ROW
    WHEN (NEW.status = 'published' AND OLD.status <> 'published' AND NEW.series_id IS NOT NULL)
    EXECUTE FUNCTION supersede_course_versions();
