-- An override of a course's grade that was taken back stays as a row without a percentage, so that its version goes on.
ALTER TABLE course_grade_overrides
    ALTER COLUMN percentage DROP NOT NULL,
    ADD COLUMN version integer NOT NULL DEFAULT 1;
