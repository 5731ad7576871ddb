-- Runs of a course: who takes it together, from when. Whoever leads one has a role in the course by the foreign key.
CREATE TABLE course_cohorts (
    id uuid NOT NULL CONSTRAINT course_cohorts_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT course_cohorts_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    name text NOT NULL CONSTRAINT course_cohorts_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    seat_limit integer CONSTRAINT course_cohorts_seat_limit_ck CHECK (seat_limit > 0),
    instructor_id uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT course_cohorts_course_id_name_uq UNIQUE (course_id, name),
    CONSTRAINT course_cohorts_course_id_id_uq UNIQUE (course_id, id),
    CONSTRAINT course_cohorts_ends_at_ck CHECK (ends_at > starts_at),
    CONSTRAINT course_cohorts_instructor_id_fk FOREIGN KEY (course_id, instructor_id)
        REFERENCES course_instructors (course_id, user_id) ON DELETE SET NULL (instructor_id)
);
CREATE INDEX course_cohorts_instructor_id_idx ON course_cohorts (course_id, instructor_id);

-- The cohort is one of the enrollment's course.
ALTER TABLE enrollments
    ADD COLUMN cohort_id uuid,
    ADD CONSTRAINT enrollments_cohort_id_fk FOREIGN KEY (course_id, cohort_id) REFERENCES course_cohorts (course_id, id);
CREATE INDEX enrollments_cohort_id_idx ON enrollments (cohort_id, id) WHERE cohort_id IS NOT NULL;
