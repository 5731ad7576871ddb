-- Courses that somebody means to take.
CREATE TABLE course_wishes (
    user_id uuid NOT NULL CONSTRAINT course_wishes_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    course_id uuid NOT NULL CONSTRAINT course_wishes_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    -- In the order of wishing.
    id uuid NOT NULL,
    wished_at timestamptz NOT NULL,
    CONSTRAINT course_wishes_key PRIMARY KEY (user_id, course_id)
);
CREATE INDEX course_wishes_user_id_id_idx ON course_wishes (user_id, id);
CREATE INDEX course_wishes_course_id_idx ON course_wishes (course_id);
