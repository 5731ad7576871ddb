-- What is graded in a course, the groups in which it is weighed, each learner's grade in it, and what became of each. Points are exact.
CREATE TABLE grade_categories (
    id uuid NOT NULL CONSTRAINT grade_categories_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT grade_categories_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    name text NOT NULL CONSTRAINT grade_categories_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    weight numeric(12, 6) NOT NULL CONSTRAINT grade_categories_weight_ck CHECK (weight BETWEEN 0 AND 1000),
    drop_lowest smallint NOT NULL DEFAULT 0
        CONSTRAINT grade_categories_drop_lowest_ck CHECK (drop_lowest BETWEEN 0 AND 50),
    position integer NOT NULL CONSTRAINT grade_categories_position_ck CHECK (position BETWEEN 0 AND 1000),
    CONSTRAINT grade_categories_course_id_id_uq UNIQUE (course_id, id),
    -- Looked at after each statement, so that two may swap their names.
    CONSTRAINT grade_categories_course_id_name_uq UNIQUE (course_id, name) DEFERRABLE INITIALLY IMMEDIATE
);

CREATE TABLE grade_items (
    id uuid NOT NULL CONSTRAINT grade_items_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT grade_items_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    category_id uuid,
    kind text NOT NULL CONSTRAINT grade_items_kind_ck CHECK (kind IN ('quiz', 'assignment', 'manual')),
    -- The quiz or the assignment; no foreign key, because each kind has its own table.
    subject_id uuid,
    title text NOT NULL CONSTRAINT grade_items_title_ck CHECK (char_length(title) BETWEEN 1 AND 255),
    max_points numeric(12, 6) NOT NULL
        CONSTRAINT grade_items_max_points_ck CHECK (max_points > 0 AND max_points <= 100000),
    due_at timestamptz,
    position integer NOT NULL DEFAULT 0 CONSTRAINT grade_items_position_ck CHECK (position BETWEEN 0 AND 100000),
    is_published boolean NOT NULL DEFAULT true,
    -- Learners see none of its grades.
    is_muted boolean NOT NULL DEFAULT false,
    counts boolean NOT NULL DEFAULT true,
    is_extra_credit boolean NOT NULL DEFAULT false,
    -- The course is not completed without a grade in it, where the course's rule says so.
    is_mandatory boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT grade_items_subject_id_ck CHECK ((kind = 'manual') = (subject_id IS NULL)),
    CONSTRAINT grade_items_kind_subject_id_uq UNIQUE (kind, subject_id),
    CONSTRAINT grade_items_course_id_id_uq UNIQUE (course_id, id),
    CONSTRAINT grade_items_category_id_fk FOREIGN KEY (course_id, category_id)
        REFERENCES grade_categories (course_id, id) ON DELETE SET NULL (category_id)
);
CREATE INDEX grade_items_position_idx ON grade_items (course_id, position, id);
CREATE INDEX grade_items_category_id_idx ON grade_items (category_id) WHERE category_id IS NOT NULL;

-- The key lays all grades of a learner in a course beside each other: a row of the grid is one look into one index.
CREATE TABLE grades (
    course_id uuid NOT NULL,
    user_id uuid NOT NULL CONSTRAINT grades_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    item_id uuid NOT NULL,
    score numeric(12, 6) CONSTRAINT grades_score_ck CHECK (score BETWEEN 0 AND 100000),
    status text NOT NULL CONSTRAINT grades_status_ck
        CHECK (status IN ('ungraded', 'graded', 'late', 'missing')),
    -- The item does not count for this learner; what they had stays.
    is_excused boolean NOT NULL DEFAULT false,
    source text NOT NULL CONSTRAINT grades_source_ck CHECK (source IN ('subject', 'manual', 'import')),
    -- Counts in place of the score.
    override_score numeric(12, 6) CONSTRAINT grades_override_score_ck CHECK (override_score BETWEEN 0 AND 100000),
    graded_by uuid CONSTRAINT grades_graded_by_fk REFERENCES users (id) ON DELETE SET NULL,
    graded_at timestamptz NOT NULL,
    released_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT grades_key PRIMARY KEY (course_id, user_id, item_id),
    CONSTRAINT grades_item_id_fk FOREIGN KEY (course_id, item_id) REFERENCES grade_items (course_id, id) ON DELETE CASCADE,
    CONSTRAINT grades_score_status_ck CHECK ((status IN ('graded', 'late')) = (score IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX grades_item_id_idx ON grades (item_id, user_id);
CREATE INDEX grades_user_id_idx ON grades (user_id);
CREATE INDEX grades_graded_by_idx ON grades (graded_by) WHERE graded_by IS NOT NULL;

-- Every change of a grade. What a course's grade was is in hundredths of a percent of it, as if it were points.
CREATE TABLE grade_changes (
    id uuid NOT NULL CONSTRAINT grade_changes_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT grade_changes_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT grade_changes_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    -- Counts the changes of one learner's grades in a course, under the lock of their place.
    ordinal bigint NOT NULL CONSTRAINT grade_changes_ordinal_ck CHECK (ordinal > 0),
    -- NULL for the course's grade. No foreign key: what was done to a grade outlives its item.
    item_id uuid,
    kind text NOT NULL CONSTRAINT grade_changes_kind_ck CHECK (kind IN ('score', 'override', 'course_override')),
    source text NOT NULL CONSTRAINT grade_changes_source_ck CHECK (source IN ('subject', 'manual', 'import')),
    before_score numeric(12, 6),
    before_status text,
    after_score numeric(12, 6),
    after_status text,
    reason text CONSTRAINT grade_changes_reason_ck CHECK (char_length(reason) BETWEEN 1 AND 500),
    -- NULL for the platform itself, and for whoever was erased.
    changed_by uuid CONSTRAINT grade_changes_changed_by_fk REFERENCES users (id) ON DELETE SET NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT grade_changes_course_id_user_id_ordinal_uq UNIQUE (course_id, user_id, ordinal),
    CONSTRAINT grade_changes_item_id_ck CHECK ((kind = 'course_override') = (item_id IS NULL)),
    CONSTRAINT grade_changes_override_reason_ck CHECK (kind = 'score' OR reason IS NOT NULL)
);
CREATE INDEX grade_changes_user_id_idx ON grade_changes (user_id);
CREATE INDEX grade_changes_changed_by_idx ON grade_changes (changed_by) WHERE changed_by IS NOT NULL;
