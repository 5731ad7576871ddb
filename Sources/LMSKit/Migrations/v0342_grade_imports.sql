-- A table of grades that somebody brought in: what it would change, shown first and then applied exactly so, or not at all.
CREATE TABLE grade_imports (
    id uuid NOT NULL CONSTRAINT grade_imports_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT grade_imports_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    created_by uuid NOT NULL CONSTRAINT grade_imports_created_by_fk REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    applied_at timestamptz,
    -- What is wrong with the table: the lines, the columns and what it is.
    issue_lines bigint[] NOT NULL DEFAULT '{}' CONSTRAINT grade_imports_issue_lines_ck CHECK (cardinality(issue_lines) <= 100),
    issue_columns text[] NOT NULL DEFAULT '{}',
    issue_codes text[] NOT NULL DEFAULT '{}',
    CONSTRAINT grade_imports_applied_at_ck CHECK (applied_at IS NULL OR cardinality(issue_lines) = 0)
);
CREATE INDEX grade_imports_course_id_idx ON grade_imports (course_id, created_at);
CREATE INDEX grade_imports_created_by_idx ON grade_imports (created_by);

CREATE TABLE grade_import_changes (
    import_id uuid NOT NULL
        CONSTRAINT grade_import_changes_import_id_fk REFERENCES grade_imports (id) ON DELETE CASCADE,
    position integer NOT NULL CONSTRAINT grade_import_changes_position_ck CHECK (position BETWEEN 1 AND 25000),
    line integer NOT NULL,
    user_id uuid NOT NULL CONSTRAINT grade_import_changes_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    item_id uuid NOT NULL,
    -- What was there: the grade's version, 0 for none.
    before_version integer NOT NULL,
    before_score numeric(12, 6),
    before_status text NOT NULL,
    after_score numeric(12, 6),
    after_status text NOT NULL,
    CONSTRAINT grade_import_changes_key PRIMARY KEY (import_id, position)
);
CREATE INDEX grade_import_changes_user_id_idx ON grade_import_changes (user_id);
