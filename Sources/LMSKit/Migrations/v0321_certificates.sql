-- What somebody achieved, as it was on the day: later names and titles change nothing here. The course may go, the certificate stays;
-- with the person it goes too.
CREATE TABLE certificates (
    id uuid CONSTRAINT certificates_key PRIMARY KEY,
    -- 80 random bits and a check character, in Crockford's base 32.
    number text NOT NULL CONSTRAINT certificates_number_uq UNIQUE
        CONSTRAINT certificates_number_ck CHECK (number ~ '^[0-9A-HJKMNP-TV-Z]{17}$'),
    user_id uuid NOT NULL CONSTRAINT certificates_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    enrollment_id uuid CONSTRAINT certificates_enrollment_id_fk REFERENCES enrollments (id) ON DELETE SET NULL,
    course_id uuid CONSTRAINT certificates_course_id_fk REFERENCES courses (id) ON DELETE SET NULL,
    -- The first of an enrollment is 1: of all who issue it at the same time, one does.
    generation integer NOT NULL CONSTRAINT certificates_generation_ck CHECK (generation > 0),
    template_id uuid
        CONSTRAINT certificates_template_id_fk REFERENCES certificate_templates (id) ON DELETE SET NULL,
    cause text NOT NULL CONSTRAINT certificates_cause_ck
        CHECK (cause IN ('completion', 'request', 'award', 'reissue', 'renewal')),
    -- Why somebody issued it by hand.
    reason text CONSTRAINT certificates_reason_ck
        CHECK (char_length(reason) BETWEEN 1 AND 500 AND (reason IS NOT NULL OR cause NOT IN ('award', 'reissue'))),
    learner_name text NOT NULL CONSTRAINT certificates_learner_name_ck CHECK (char_length(learner_name) BETWEEN 1 AND 255),
    course_title text NOT NULL CONSTRAINT certificates_course_title_ck CHECK (char_length(course_title) BETWEEN 1 AND 255),
    -- The course that it is of, also when that is gone.
    achievement_id uuid NOT NULL,
    -- NULL: the tenant's.
    language text CONSTRAINT certificates_language_ck CHECK (language IN ('en', 'es', 'ar')),
    -- How much of the course was done, in hundredths of a percent.
    percentage integer NOT NULL CONSTRAINT certificates_percentage_ck CHECK (percentage BETWEEN 0 AND 10000),
    -- NULL: awarded to somebody who did not complete the course.
    completed_at timestamptz,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz CONSTRAINT certificates_expires_at_ck CHECK (expires_at > issued_at),
    -- Of the learner's address, with the salt, for the badge: whoever is shown the address can compare.
    identity_hash text NOT NULL CONSTRAINT certificates_identity_hash_ck CHECK (identity_hash ~ '^[0-9a-f]{64}$'),
    identity_salt text NOT NULL CONSTRAINT certificates_identity_salt_ck CHECK (identity_salt ~ '^[0-9a-f]{32}$'),
    -- When its file was drawn and how long that is.
    prepared_at timestamptz,
    byte_count bigint CONSTRAINT certificates_byte_count_ck CHECK (byte_count > 0),
    superseded_at timestamptz,
    revoked_at timestamptz,
    -- What everybody is told of why.
    revocation text CONSTRAINT certificates_revocation_ck
        CHECK (revocation IN ('issued_in_error', 'requirements_not_met', 'misconduct', 'refunded', 'requested', 'other')),
    -- What is kept of why, for those who manage certificates.
    revocation_note text CONSTRAINT certificates_revocation_note_ck CHECK (char_length(revocation_note) BETWEEN 1 AND 500),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT certificates_enrollment_id_generation_uq UNIQUE (enrollment_id, generation),
    CONSTRAINT certificates_revoked_at_ck CHECK ((revoked_at IS NULL) = (revocation IS NULL)
        AND (revoked_at IS NULL) = (revocation_note IS NULL)),
    CONSTRAINT certificates_prepared_at_ck CHECK ((prepared_at IS NULL) = (byte_count IS NULL))
) WITH (fillfactor = 90);
-- At most one of an enrollment is the current one.
CREATE UNIQUE INDEX certificates_current_uq ON certificates (enrollment_id) WHERE superseded_at IS NULL;
CREATE INDEX certificates_user_id_idx ON certificates (user_id, id);
CREATE INDEX certificates_course_id_idx ON certificates (course_id, id);
CREATE INDEX certificates_template_id_idx ON certificates (template_id);

-- The place of each certificate in the published status lists, 131,072 in each. A place is never given twice, and that of a certificate
-- that is gone says "revoked" for good.
CREATE TABLE certificate_statuses (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT certificate_statuses_key PRIMARY KEY,
    certificate_id uuid CONSTRAINT certificate_statuses_certificate_id_uq UNIQUE
        CONSTRAINT certificate_statuses_certificate_id_fk REFERENCES certificates (id) ON DELETE SET NULL,
    is_revoked boolean NOT NULL DEFAULT false
);
CREATE INDEX certificate_statuses_position_idx ON certificate_statuses (position)
    WHERE is_revoked OR certificate_id IS NULL;
