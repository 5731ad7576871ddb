-- Video and audio of lessons. A job makes what players get of a stored file; the rows of that are in media_files.
CREATE TABLE media (
    id uuid CONSTRAINT media_key PRIMARY KEY,
    lesson_id uuid NOT NULL CONSTRAINT media_lesson_id_fk REFERENCES lessons (id) ON DELETE CASCADE,
    course_id uuid NOT NULL CONSTRAINT media_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    -- NULL: the file is gone; what was made of it stays.
    file_id uuid CONSTRAINT media_file_id_fk REFERENCES files (id) ON DELETE SET NULL,
    title text NOT NULL CONSTRAINT media_title_ck CHECK (char_length(title) BETWEEN 1 AND 255),
    -- How much of it has to be watched; NULL: watching it completes nothing.
    completion_percentage integer CONSTRAINT media_completion_percentage_ck CHECK (completion_percentage BETWEEN 1 AND 100),
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT media_status_ck CHECK (status IN ('pending', 'processing', 'ready', 'failed')),
    failure text CONSTRAINT media_failure_ck CHECK (failure IN
        ('unsupported', 'damaged', 'empty', 'too_long', 'too_large', 'source_missing', 'timed_out', 'interrupted')),
    -- Raised whenever it is to be made anew: what is still made for an earlier one is thrown away.
    generation integer NOT NULL DEFAULT 1,
    duration_ms integer CONSTRAINT media_duration_ms_ck CHECK (duration_ms > 0),
    width integer,
    height integer,
    video_codec text,
    audio_codec text,
    byte_count bigint,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- When it could first be played.
    ready_at timestamptz,
    CONSTRAINT media_lesson_id_file_id_uq UNIQUE (lesson_id, file_id),
    CONSTRAINT media_failure_status_ck CHECK ((status = 'failed') = (failure IS NOT NULL)),
    CONSTRAINT media_ready_at_ck CHECK ((ready_at IS NULL) = (duration_ms IS NULL) AND (status <> 'ready' OR ready_at IS NOT NULL))
) WITH (fillfactor = 90);
CREATE INDEX media_course_id_idx ON media (course_id);
CREATE INDEX media_file_id_idx ON media (file_id);

-- What was made of a medium, each with its bytes in the blob store under this identifier, sealed under a key of its own. A row is there
-- before its bytes and goes after them.
CREATE TABLE media_files (
    id uuid CONSTRAINT media_files_key PRIMARY KEY,
    -- NULL: the medium is gone, and bytes and row are to go.
    media_id uuid CONSTRAINT media_files_media_id_fk REFERENCES media (id) ON DELETE SET NULL,
    kind text NOT NULL CONSTRAINT media_files_kind_ck CHECK (kind IN ('rendition', 'thumbnail', 'captions')),
    width integer,
    height integer,
    codecs text,
    -- Of a rendition: how many bytes stand before its segments, how long each is in bytes, and how long it plays in milliseconds.
    head_length bigint,
    segment_lengths bigint[],
    segment_times bigint[],
    language text CONSTRAINT media_files_language_ck CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$'),
    label text CONSTRAINT media_files_label_ck CHECK (char_length(label) BETWEEN 1 AND 100 AND label !~ '["[:cntrl:]]'),
    -- NULL: the bytes are on their way.
    byte_count bigint CONSTRAINT media_files_byte_count_ck CHECK (byte_count > 0),
    tenant_key_id uuid NOT NULL CONSTRAINT media_files_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- NULL: in use. Otherwise it is removed a day later.
    retired_at timestamptz,
    CONSTRAINT media_files_in_use_ck CHECK (retired_at IS NOT NULL OR byte_count IS NOT NULL),
    CONSTRAINT media_files_rendition_ck CHECK ((kind = 'rendition') = (head_length IS NOT NULL)
        AND (head_length IS NULL) = (segment_lengths IS NULL) AND (head_length IS NULL) = (segment_times IS NULL)
        AND (head_length IS NULL) = (codecs IS NULL)
        AND cardinality(segment_lengths) BETWEEN 1 AND 10000 AND cardinality(segment_lengths) = cardinality(segment_times)),
    CONSTRAINT media_files_captions_ck CHECK ((kind = 'captions') = (language IS NOT NULL)
        AND (language IS NULL) = (label IS NULL))
);
CREATE INDEX media_files_media_id_idx ON media_files (media_id);
CREATE UNIQUE INDEX media_files_language_uq ON media_files (media_id, language)
    WHERE kind = 'captions' AND retired_at IS NULL;
CREATE INDEX media_files_retired_at_idx ON media_files (retired_at) WHERE retired_at IS NOT NULL OR media_id IS NULL;
CREATE INDEX media_files_tenant_key_id_idx ON media_files (tenant_key_id);
