-- Files of courses; their bytes are in the blob store under the tenant's and the file's identifiers.
CREATE TABLE files (
    id uuid NOT NULL CONSTRAINT files_key PRIMARY KEY,
    course_id uuid NOT NULL CONSTRAINT files_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    name text NOT NULL CONSTRAINT files_name_ck CHECK (char_length(name) BETWEEN 1 AND 255),
    media_type text NOT NULL CONSTRAINT files_media_type_ck CHECK (char_length(media_type) BETWEEN 3 AND 100),
    byte_count bigint NOT NULL CONSTRAINT files_byte_count_ck CHECK (byte_count >= 0),
    created_at timestamptz NOT NULL
);
CREATE INDEX files_course_id_idx ON files (course_id);
