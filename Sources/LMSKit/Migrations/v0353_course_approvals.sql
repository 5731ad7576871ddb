-- Courses that were submitted for approval, and what was decided. Nobody decides on what they submitted.
CREATE TABLE course_submissions (
    id uuid NOT NULL CONSTRAINT course_submissions_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT course_submissions_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    -- The course's version that is decided on.
    course_version integer NOT NULL,
    note text CONSTRAINT course_submissions_note_ck CHECK (char_length(note) BETWEEN 1 AND 2000),
    submitted_by uuid CONSTRAINT course_submissions_submitted_by_fk REFERENCES users (id) ON DELETE SET NULL,
    submitted_at timestamptz NOT NULL,
    status text NOT NULL DEFAULT 'waiting' CONSTRAINT course_submissions_status_ck
        CHECK (status IN ('waiting', 'approved', 'changes_requested', 'replaced')),
    decided_by uuid CONSTRAINT course_submissions_decided_by_fk REFERENCES users (id) ON DELETE SET NULL,
    decided_at timestamptz,
    reason text CONSTRAINT course_submissions_reason_ck CHECK (char_length(reason) BETWEEN 1 AND 2000),
    CONSTRAINT course_submissions_decided_at_ck CHECK ((status = 'waiting') = (decided_at IS NULL)),
    CONSTRAINT course_submissions_reason_status_ck CHECK (status <> 'changes_requested' OR reason IS NOT NULL),
    CONSTRAINT course_submissions_decided_by_ck CHECK (decided_by <> submitted_by)
);
CREATE UNIQUE INDEX course_submissions_course_id_uq ON course_submissions (course_id) WHERE status = 'waiting';
CREATE INDEX course_submissions_course_id_idx ON course_submissions (course_id, id);
CREATE INDEX course_submissions_status_idx ON course_submissions (id) WHERE status = 'waiting';
CREATE INDEX course_submissions_submitted_by_idx ON course_submissions (submitted_by);
CREATE INDEX course_submissions_decided_by_idx ON course_submissions (decided_by);

-- Whether courses are published after an approval only; they are not as long as nobody said so.
CREATE TABLE course_approval_rules (
    id boolean NOT NULL DEFAULT true CONSTRAINT course_approval_rules_key PRIMARY KEY
        CONSTRAINT course_approval_rules_id_ck CHECK (id),
    is_required boolean NOT NULL,
    version integer NOT NULL
);

-- A course becomes published in many ways: by itself, with others, by an import. Each goes through here.
CREATE FUNCTION require_course_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM course_approval_rules WHERE is_required) AND NOT EXISTS (
        SELECT FROM course_submissions s
        WHERE s.course_id = NEW.id AND s.status = 'approved' AND s.course_version = OLD.version
    ) THEN
        RAISE EXCEPTION 'the course is not approved' USING ERRCODE = 'check_violation', CONSTRAINT = 'courses_approval_ck';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER courses_approval BEFORE UPDATE OF status ON courses FOR EACH ROW
    WHEN (NEW.status = 'published' AND OLD.status <> 'published') EXECUTE FUNCTION require_course_approval();
