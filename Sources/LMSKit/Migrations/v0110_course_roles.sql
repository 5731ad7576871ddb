-- What somebody is in a course: who teaches it, who helps, who looks on. Everybody so far teaches.
ALTER TABLE course_instructors
    ADD COLUMN role text NOT NULL DEFAULT 'instructor'
        CONSTRAINT course_instructors_role_ck CHECK (role IN ('instructor', 'assistant', 'observer'));
