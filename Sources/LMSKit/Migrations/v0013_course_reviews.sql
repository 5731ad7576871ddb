-- What learners think of a course; the course's row carries the sum of the approved ones.
CREATE TABLE course_reviews (
    id uuid NOT NULL CONSTRAINT course_reviews_key PRIMARY KEY,
    enrollment_id uuid NOT NULL CONSTRAINT course_reviews_enrollment_id_uq UNIQUE
        CONSTRAINT course_reviews_enrollment_id_fk REFERENCES enrollments (id) ON DELETE CASCADE,
    course_id uuid NOT NULL CONSTRAINT course_reviews_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT course_reviews_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    rating smallint NOT NULL CONSTRAINT course_reviews_rating_ck CHECK (rating BETWEEN 1 AND 5),
    title text CONSTRAINT course_reviews_title_ck CHECK (char_length(title) BETWEEN 1 AND 200),
    body text NOT NULL CONSTRAINT course_reviews_body_ck CHECK (char_length(body) BETWEEN 10 AND 2000),
    pros text[] NOT NULL DEFAULT '{}',
    cons text[] NOT NULL DEFAULT '{}',
    status text NOT NULL CONSTRAINT course_reviews_status_ck
        CHECK (status IN ('pending', 'approved', 'rejected', 'hidden')),
    helpful_votes integer NOT NULL DEFAULT 0 CONSTRAINT course_reviews_helpful_votes_ck CHECK (helpful_votes >= 0),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX course_reviews_course_id_idx ON course_reviews (course_id, status, id);
CREATE INDEX course_reviews_user_id_idx ON course_reviews (user_id);

CREATE TABLE course_review_votes (
    review_id uuid NOT NULL CONSTRAINT course_review_votes_review_id_fk REFERENCES course_reviews (id) ON DELETE CASCADE,
    user_id uuid NOT NULL CONSTRAINT course_review_votes_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    voted_at timestamptz NOT NULL,
    CONSTRAINT course_review_votes_key PRIMARY KEY (review_id, user_id)
);
CREATE INDEX course_review_votes_user_id_idx ON course_review_votes (user_id);
