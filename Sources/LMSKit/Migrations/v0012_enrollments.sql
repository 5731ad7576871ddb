-- A learner's place in a course and what they did in each lesson. Only unchanging columns are indexed, so that a
-- progress write is a heap-only update.
CREATE TABLE enrollments (
    id uuid NOT NULL CONSTRAINT enrollments_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT enrollments_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    course_id uuid NOT NULL CONSTRAINT enrollments_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    status text NOT NULL CONSTRAINT enrollments_status_ck
        CHECK (status IN ('pending_payment', 'active', 'completed', 'dropped', 'expired')),
    completed_lessons integer NOT NULL DEFAULT 0 CONSTRAINT enrollments_completed_lessons_ck CHECK (completed_lessons >= 0),
    time_spent_seconds bigint NOT NULL DEFAULT 0
        CONSTRAINT enrollments_time_spent_seconds_ck CHECK (time_spent_seconds >= 0),
    -- No foreign key: it would lock the lesson's row for each position that any learner reports.
    last_lesson_id uuid,
    enrolled_at timestamptz NOT NULL,
    started_at timestamptz,
    completed_at timestamptz,
    last_accessed_at timestamptz,
    CONSTRAINT enrollments_user_id_course_id_uq UNIQUE (user_id, course_id),
    CONSTRAINT enrollments_completed_at_ck CHECK ((status = 'completed') = (completed_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX enrollments_user_id_idx ON enrollments (user_id, id);
CREATE INDEX enrollments_course_id_idx ON enrollments (course_id, id);

CREATE TABLE lesson_progress (
    enrollment_id uuid NOT NULL
        CONSTRAINT lesson_progress_enrollment_id_fk REFERENCES enrollments (id) ON DELETE CASCADE,
    lesson_id uuid NOT NULL CONSTRAINT lesson_progress_lesson_id_fk REFERENCES lessons (id) ON DELETE CASCADE,
    status text NOT NULL CONSTRAINT lesson_progress_status_ck CHECK (status IN ('in_progress', 'completed')),
    position_seconds integer NOT NULL DEFAULT 0
        CONSTRAINT lesson_progress_position_seconds_ck CHECK (position_seconds >= 0),
    time_spent_seconds integer NOT NULL DEFAULT 0
        CONSTRAINT lesson_progress_time_spent_seconds_ck CHECK (time_spent_seconds >= 0),
    started_at timestamptz NOT NULL,
    completed_at timestamptz,
    last_accessed_at timestamptz NOT NULL,
    CONSTRAINT lesson_progress_key PRIMARY KEY (enrollment_id, lesson_id),
    CONSTRAINT lesson_progress_completed_at_ck CHECK ((status = 'completed') = (completed_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX lesson_progress_lesson_id_idx ON lesson_progress (lesson_id);
