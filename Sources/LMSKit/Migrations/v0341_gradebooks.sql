-- How a course is graded, and when it is completed. A course without a row is graded by the values that stand here.
CREATE TABLE gradebooks (
    course_id uuid NOT NULL
        CONSTRAINT gradebooks_key PRIMARY KEY CONSTRAINT gradebooks_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    mode text NOT NULL DEFAULT 'points' CONSTRAINT gradebooks_mode_ck CHECK (mode IN ('points', 'weighted')),
    missing_policy text NOT NULL DEFAULT 'ignored'
        CONSTRAINT gradebooks_missing_policy_ck CHECK (missing_policy IN ('ignored', 'zero_after_due', 'fixed_after_due')),
    -- Hundredths of a percent of the points.
    missing_credit integer NOT NULL DEFAULT 0
        CONSTRAINT gradebooks_missing_credit_ck CHECK (missing_credit BETWEEN 0 AND 10000),
    rounding text NOT NULL DEFAULT 'half_up' CONSTRAINT gradebooks_rounding_ck CHECK (rounding IN ('half_up', 'down', 'up')),
    decimals smallint NOT NULL DEFAULT 2 CONSTRAINT gradebooks_decimals_ck CHECK (decimals BETWEEN 0 AND 2),
    -- The letters and from how many hundredths of a percent each is given, the highest first; the last from 0. Empty without letters.
    letters text[] NOT NULL DEFAULT '{}' CONSTRAINT gradebooks_letters_ck CHECK (cardinality(letters) <= 20),
    boundaries integer[] NOT NULL DEFAULT '{}',
    -- Learners see none of the course's grades.
    is_muted boolean NOT NULL DEFAULT false,
    -- What completes the course besides its lessons; without any of the three the course's own threshold alone does.
    completion_grade integer CONSTRAINT gradebooks_completion_grade_ck CHECK (completion_grade BETWEEN 0 AND 10000),
    needs_mandatory_items boolean NOT NULL DEFAULT false,
    needs_all_lessons boolean NOT NULL DEFAULT false,
    has_completion_rule boolean NOT NULL
        GENERATED ALWAYS AS (completion_grade IS NOT NULL OR needs_mandatory_items OR needs_all_lessons) STORED,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT gradebooks_boundaries_ck CHECK (cardinality(letters) = cardinality(boundaries)
        AND (cardinality(boundaries) = 0 OR boundaries[cardinality(boundaries)] = 0))
);

-- A grade that somebody gave a learner for the whole course, in place of the one that comes of the items.
CREATE TABLE course_grade_overrides (
    course_id uuid NOT NULL CONSTRAINT course_grade_overrides_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT course_grade_overrides_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- Hundredths of a percent.
    percentage integer NOT NULL CONSTRAINT course_grade_overrides_percentage_ck CHECK (percentage BETWEEN 0 AND 20000),
    CONSTRAINT course_grade_overrides_key PRIMARY KEY (course_id, user_id)
);
CREATE INDEX course_grade_overrides_user_id_idx ON course_grade_overrides (user_id);
