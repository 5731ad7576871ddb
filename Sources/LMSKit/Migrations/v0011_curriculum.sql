-- Modules, lessons and the blocks of a lesson. A lesson's module is of the lesson's course by its foreign key.
CREATE TABLE modules (
    id uuid NOT NULL,
    course_id uuid NOT NULL CONSTRAINT modules_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    title text NOT NULL CONSTRAINT modules_title_ck CHECK (char_length(title) BETWEEN 1 AND 255),
    position integer NOT NULL CONSTRAINT modules_position_ck CHECK (position BETWEEN 0 AND 100000),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT modules_key PRIMARY KEY (course_id, id)
);

CREATE TABLE lessons (
    id uuid NOT NULL CONSTRAINT lessons_key PRIMARY KEY,
    course_id uuid NOT NULL,
    module_id uuid NOT NULL,
    title text NOT NULL CONSTRAINT lessons_title_ck CHECK (char_length(title) BETWEEN 1 AND 255),
    kind text NOT NULL CONSTRAINT lessons_kind_ck
        CHECK (kind IN ('video', 'reading', 'document', 'quiz', 'assignment', 'exercise')),
    status text NOT NULL CONSTRAINT lessons_status_ck CHECK (status IN ('draft', 'published', 'archived')),
    is_preview boolean NOT NULL DEFAULT false,
    duration_minutes integer CONSTRAINT lessons_duration_minutes_ck CHECK (duration_minutes BETWEEN 1 AND 100000),
    position integer NOT NULL CONSTRAINT lessons_position_ck CHECK (position BETWEEN 0 AND 100000),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT lessons_module_id_fk FOREIGN KEY (course_id, module_id)
        REFERENCES modules (course_id, id) ON DELETE CASCADE
);
CREATE INDEX lessons_course_id_module_id_idx ON lessons (course_id, module_id, position, id);

CREATE TABLE lesson_blocks (
    lesson_id uuid NOT NULL CONSTRAINT lesson_blocks_lesson_id_fk REFERENCES lessons (id) ON DELETE CASCADE,
    position integer NOT NULL CONSTRAINT lesson_blocks_position_ck CHECK (position BETWEEN 0 AND 999),
    kind text NOT NULL CONSTRAINT lesson_blocks_kind_ck CHECK (kind IN ('html', 'video', 'file', 'problem', 'opaque')),
    -- html: the sanitized text; video: its address; problem, opaque: the source.
    body text,
    -- video: the provider; file: the name that readers see; problem, opaque: the kind in the source's own words.
    label text CONSTRAINT lesson_blocks_label_ck CHECK (char_length(label) <= 255),
    duration_seconds integer CONSTRAINT lesson_blocks_duration_seconds_ck CHECK (duration_seconds >= 0),
    file_id uuid,
    CONSTRAINT lesson_blocks_key PRIMARY KEY (lesson_id, position),
    CONSTRAINT lesson_blocks_content_ck CHECK (CASE kind WHEN 'file' THEN file_id IS NOT NULL ELSE body IS NOT NULL END)
);
