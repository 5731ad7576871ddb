-- Rubrics say how work is judged: each content is a version of its own that never changes, so what was judged by one stays readable.
CREATE TABLE rubrics (
    id uuid CONSTRAINT rubrics_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT rubrics_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    title text NOT NULL CONSTRAINT rubrics_title_ck CHECK (char_length(title) BETWEEN 1 AND 200),
    -- The number of its last version.
    version integer NOT NULL CONSTRAINT rubrics_version_ck CHECK (version > 0),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT rubrics_id_course_id_uq UNIQUE (id, course_id)
);
CREATE INDEX rubrics_course_id_idx ON rubrics (course_id, id);

CREATE TABLE rubric_versions (
    rubric_id uuid NOT NULL CONSTRAINT rubric_versions_rubric_id_fk REFERENCES rubrics (id) ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT rubric_versions_number_ck CHECK (number > 0),
    criteria jsonb NOT NULL CONSTRAINT rubric_versions_criteria_ck CHECK (octet_length(criteria::text) <= 262144),
    -- The sum of each criterion's best level, in millionths of a point.
    points bigint NOT NULL CONSTRAINT rubric_versions_points_ck CHECK (points BETWEEN 1 AND 100000000000),
    written_at timestamptz NOT NULL,
    CONSTRAINT rubric_versions_key PRIMARY KEY (rubric_id, number)
);

-- Work that learners hand in. Points are in millionths, so that sums are exact.
CREATE TABLE assignments (
    id uuid CONSTRAINT assignments_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT assignments_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    lesson_id uuid CONSTRAINT assignments_lesson_id_fk REFERENCES lessons (id) ON DELETE SET NULL,
    title text NOT NULL CONSTRAINT assignments_title_ck CHECK (char_length(title) BETWEEN 3 AND 255 AND title ~ '\S'),
    instructions text NOT NULL DEFAULT ''
        CONSTRAINT assignments_instructions_ck CHECK (char_length(instructions) <= 10000),
    status text NOT NULL DEFAULT 'draft'
        CONSTRAINT assignments_status_ck CHECK (status IN ('draft', 'published', 'archived')),
    points bigint NOT NULL CONSTRAINT assignments_points_ck CHECK (points BETWEEN 1 AND 100000000000),
    rubric_id uuid,
    rubric_version integer,
    opens_at timestamptz,
    due_at timestamptz,
    closes_at timestamptz,
    -- What comes so much after it was due is on time.
    grace_seconds integer NOT NULL DEFAULT 0
        CONSTRAINT assignments_grace_seconds_ck CHECK (grace_seconds BETWEEN 0 AND 86400),
    accepts_late boolean NOT NULL DEFAULT true,
    -- Percent of the points for each started day.
    late_penalty smallint NOT NULL DEFAULT 0 CONSTRAINT assignments_late_penalty_ck CHECK (late_penalty BETWEEN 0 AND 100),
    -- Percent of the points below which lateness alone takes nobody.
    late_floor smallint NOT NULL DEFAULT 0 CONSTRAINT assignments_late_floor_ck CHECK (late_floor BETWEEN 0 AND 100),
    submission_limit integer DEFAULT 1 CONSTRAINT assignments_submission_limit_ck CHECK (submission_limit BETWEEN 1 AND 100),
    is_blind boolean NOT NULL DEFAULT false,
    release text NOT NULL DEFAULT 'at_once' CONSTRAINT assignments_release_ck CHECK (release IN ('at_once', 'held')),
    completes_on text NOT NULL DEFAULT 'never'
        CONSTRAINT assignments_completes_on_ck CHECK (completes_on IN ('never', 'submission', 'grade')),
    -- The due date that learners were reminded of.
    reminded_of timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    CONSTRAINT assignments_id_course_id_uq UNIQUE (id, course_id),
    CONSTRAINT assignments_rubric_id_fk FOREIGN KEY (rubric_id, course_id) REFERENCES rubrics (id, course_id),
    CONSTRAINT assignments_rubric_version_fk FOREIGN KEY (rubric_id, rubric_version)
        REFERENCES rubric_versions (rubric_id, number),
    CONSTRAINT assignments_rubric_version_ck CHECK ((rubric_id IS NULL) = (rubric_version IS NULL)),
    CONSTRAINT assignments_due_at_ck CHECK (due_at > opens_at),
    CONSTRAINT assignments_closes_at_ck CHECK (closes_at > opens_at AND closes_at >= due_at),
    -- Who is graded blindly stays unknown until somebody releases the grades.
    CONSTRAINT assignments_is_blind_ck CHECK (NOT is_blind OR release = 'held'),
    CONSTRAINT assignments_published_at_ck CHECK (status = 'draft' OR published_at IS NOT NULL)
);
CREATE INDEX assignments_course_id_idx ON assignments (course_id, id);
CREATE INDEX assignments_lesson_id_idx ON assignments (lesson_id) WHERE lesson_id IS NOT NULL;
CREATE INDEX assignments_rubric_id_idx ON assignments (rubric_id, rubric_version) WHERE rubric_id IS NOT NULL;

-- What a learner has besides what everybody has.
CREATE TABLE assignment_extensions (
    assignment_id uuid NOT NULL
        CONSTRAINT assignment_extensions_assignment_id_fk REFERENCES assignments (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT assignment_extensions_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- In place of what holds for the others, if it is later.
    due_at timestamptz,
    closes_at timestamptz,
    extra_submissions integer NOT NULL DEFAULT 0
        CONSTRAINT assignment_extensions_extra_submissions_ck CHECK (extra_submissions BETWEEN 0 AND 100),
    reason text NOT NULL CONSTRAINT assignment_extensions_reason_ck CHECK (char_length(reason) BETWEEN 1 AND 500),
    granted_at timestamptz NOT NULL,
    granted_by uuid CONSTRAINT assignment_extensions_granted_by_fk REFERENCES users (id) ON DELETE SET NULL,
    CONSTRAINT assignment_extensions_key PRIMARY KEY (assignment_id, user_id)
);
CREATE INDEX assignment_extensions_user_id_idx ON assignment_extensions (user_id);
CREATE INDEX assignment_extensions_granted_by_idx ON assignment_extensions (granted_by) WHERE granted_by IS NOT NULL;
