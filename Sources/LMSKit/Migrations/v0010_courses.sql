-- A course and who teaches it. Counters live beside what they count and change in the same transaction.
CREATE TABLE courses (
    id uuid PRIMARY KEY,
    slug text NOT NULL CONSTRAINT courses_slug_uq UNIQUE
        CONSTRAINT courses_slug_ck CHECK (char_length(slug) BETWEEN 1 AND 255),
    title text NOT NULL CONSTRAINT courses_title_ck CHECK (char_length(title) BETWEEN 3 AND 255),
    description text NOT NULL DEFAULT ''
        CONSTRAINT courses_description_ck CHECK (char_length(description) <= 20000),
    category text CONSTRAINT courses_category_ck CHECK (char_length(category) BETWEEN 1 AND 100),
    level text CONSTRAINT courses_level_ck CHECK (level IN ('beginner', 'intermediate', 'advanced')),
    price_minor bigint CONSTRAINT courses_price_minor_ck CHECK (price_minor > 0),
    currency text CONSTRAINT courses_currency_ck CHECK (currency ~ '^[A-Z]{3}$'),
    thumbnail_url text CONSTRAINT courses_thumbnail_url_ck CHECK (char_length(thumbnail_url) <= 2000),
    status text NOT NULL DEFAULT 'draft'
        CONSTRAINT courses_status_ck CHECK (status IN ('draft', 'in_review', 'published', 'archived')),
    is_featured boolean NOT NULL DEFAULT false,
    is_trending boolean NOT NULL DEFAULT false,
    -- A free course whose lessons anybody may read without enrolling.
    is_open boolean NOT NULL DEFAULT false,
    completion_threshold smallint NOT NULL DEFAULT 100
        CONSTRAINT courses_completion_threshold_ck CHECK (completion_threshold BETWEEN 1 AND 100),
    tags text[] NOT NULL DEFAULT '{}' CONSTRAINT courses_tags_ck CHECK (cardinality(tags) <= 30),
    seat_limit integer CONSTRAINT courses_seat_limit_ck CHECK (seat_limit > 0),
    seats_taken integer NOT NULL DEFAULT 0,
    published_lessons integer NOT NULL DEFAULT 0,
    rating_count integer NOT NULL DEFAULT 0,
    rating_sum bigint NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    CONSTRAINT courses_price_currency_ck CHECK ((price_minor IS NULL) = (currency IS NULL)),
    CONSTRAINT courses_is_open_ck CHECK (NOT is_open OR price_minor IS NULL),
    CONSTRAINT courses_seats_taken_ck CHECK (seats_taken >= 0 AND seats_taken <= coalesce(seat_limit, 2147483647)),
    CONSTRAINT courses_rating_ck CHECK (rating_count >= 0 AND rating_sum BETWEEN rating_count AND 5 * rating_count)
) WITH (fillfactor = 80);
CREATE INDEX courses_title_idx ON courses (title, id) WHERE status = 'published';

CREATE TABLE course_instructors (
    course_id uuid NOT NULL CONSTRAINT course_instructors_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT course_instructors_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    assigned_at timestamptz NOT NULL,
    CONSTRAINT course_instructors_key PRIMARY KEY (course_id, user_id)
);
CREATE INDEX course_instructors_user_id_idx ON course_instructors (user_id);
