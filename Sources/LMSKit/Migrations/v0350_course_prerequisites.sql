-- What a learner completes before they take a course. Only those that are published are asked for.
CREATE TABLE course_prerequisites (
    course_id uuid NOT NULL CONSTRAINT course_prerequisites_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    prerequisite_id uuid NOT NULL
        CONSTRAINT course_prerequisites_prerequisite_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    CONSTRAINT course_prerequisites_key PRIMARY KEY (course_id, prerequisite_id),
    CONSTRAINT course_prerequisites_prerequisite_id_ck CHECK (prerequisite_id <> course_id)
);
CREATE INDEX course_prerequisites_prerequisite_id_idx ON course_prerequisites (prerequisite_id);

-- Places that somebody gave although something was missing, and why.
CREATE TABLE prerequisite_waivers (
    enrollment_id uuid NOT NULL CONSTRAINT prerequisite_waivers_key PRIMARY KEY
        CONSTRAINT prerequisite_waivers_enrollment_id_fk REFERENCES enrollments (id) ON DELETE CASCADE,
    reason text NOT NULL CONSTRAINT prerequisite_waivers_reason_ck CHECK (char_length(reason) BETWEEN 3 AND 500),
    granted_by uuid CONSTRAINT prerequisite_waivers_granted_by_fk REFERENCES users (id) ON DELETE SET NULL,
    granted_at timestamptz NOT NULL
);
CREATE INDEX prerequisite_waivers_granted_by_idx ON prerequisite_waivers (granted_by);
