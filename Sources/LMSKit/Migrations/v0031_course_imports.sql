-- One row for each importer and key, so that an import that is repeated answers with the course that it made the first time.
CREATE TABLE course_imports (
    id uuid NOT NULL CONSTRAINT course_imports_key PRIMARY KEY,
    import_key text NOT NULL CONSTRAINT course_imports_import_key_uq UNIQUE
        CONSTRAINT course_imports_import_key_ck CHECK (char_length(import_key) BETWEEN 1 AND 300),
    course_id uuid CONSTRAINT course_imports_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    imported_by uuid,
    report jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX course_imports_course_id_idx ON course_imports (course_id);
