-- Sets of groups in which learners work together: a learner is in one group of a set at most.
CREATE TABLE group_sets (
    id uuid CONSTRAINT group_sets_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT group_sets_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    title text NOT NULL CONSTRAINT group_sets_title_ck CHECK (char_length(title) BETWEEN 1 AND 200),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT group_sets_id_course_id_uq UNIQUE (id, course_id)
);
CREATE INDEX group_sets_course_id_idx ON group_sets (course_id, id);

CREATE TABLE course_groups (
    id uuid CONSTRAINT course_groups_key PRIMARY KEY,
    set_id uuid NOT NULL,
    course_id uuid NOT NULL,
    name text NOT NULL CONSTRAINT course_groups_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    CONSTRAINT course_groups_set_id_fk FOREIGN KEY (set_id, course_id)
        REFERENCES group_sets (id, course_id) ON DELETE CASCADE,
    CONSTRAINT course_groups_set_id_id_uq UNIQUE (set_id, id),
    CONSTRAINT course_groups_set_id_name_uq UNIQUE (set_id, name)
);

CREATE TABLE course_group_members (
    set_id uuid NOT NULL,
    group_id uuid NOT NULL,
    user_id uuid NOT NULL CONSTRAINT course_group_members_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT course_group_members_key PRIMARY KEY (set_id, user_id),
    CONSTRAINT course_group_members_group_id_fk FOREIGN KEY (set_id, group_id)
        REFERENCES course_groups (set_id, id) ON DELETE CASCADE
);
CREATE INDEX course_group_members_group_id_idx ON course_group_members (group_id);
CREATE INDEX course_group_members_user_id_idx ON course_group_members (user_id);

-- Whose groups hand in together; NULL: each learner does for themselves.
ALTER TABLE assignments
    ADD COLUMN group_set_id uuid,
    ADD CONSTRAINT assignments_group_set_id_fk FOREIGN KEY (group_set_id, course_id) REFERENCES group_sets (id, course_id);
CREATE INDEX assignments_group_set_id_idx ON assignments (group_set_id) WHERE group_set_id IS NOT NULL;

-- A group's submission names one of its learners, who stands for all of them and is replaced if they are erased. What was one for each
-- learner is one for each holder.
ALTER TABLE submissions
    ADD COLUMN group_id uuid CONSTRAINT submissions_group_id_fk REFERENCES course_groups (id),
    ADD COLUMN holder_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(group_id, user_id)) STORED,
    DROP CONSTRAINT submissions_assignment_id_user_id_number_uq;
ALTER TABLE submissions ADD CONSTRAINT submissions_assignment_id_holder_id_number_uq UNIQUE (assignment_id, holder_id, number);
DROP INDEX submissions_draft_uq;
DROP INDEX submissions_latest_uq;
CREATE UNIQUE INDEX submissions_draft_uq ON submissions (assignment_id, holder_id) WHERE status = 'draft';
CREATE UNIQUE INDEX submissions_latest_uq ON submissions (assignment_id, holder_id) WHERE is_latest;
CREATE INDEX submissions_group_id_idx ON submissions (group_id) WHERE group_id IS NOT NULL;

-- Who was in the group when it handed in: whose work and whose grade it is, whatever becomes of the group.
CREATE TABLE submission_members (
    submission_id uuid NOT NULL
        CONSTRAINT submission_members_submission_id_fk REFERENCES submissions (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT submission_members_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    enrollment_id uuid NOT NULL
        CONSTRAINT submission_members_enrollment_id_fk REFERENCES enrollments (id) ON DELETE CASCADE,
    CONSTRAINT submission_members_key PRIMARY KEY (submission_id, user_id)
);
CREATE INDEX submission_members_user_id_idx ON submission_members (user_id);
CREATE INDEX submission_members_enrollment_id_idx ON submission_members (enrollment_id);
