-- How a tenant's certificates look. What a certificate says of its learner and course is in the certificate itself.
CREATE TABLE certificate_templates (
    id uuid CONSTRAINT certificate_templates_key PRIMARY KEY,
    name text NOT NULL CONSTRAINT certificate_templates_name_uq UNIQUE
        CONSTRAINT certificate_templates_name_ck CHECK (char_length(name) BETWEEN 1 AND 100),
    layout text NOT NULL CONSTRAINT certificate_templates_layout_ck CHECK (layout IN ('classic', 'modern', 'plain')),
    paper text NOT NULL CONSTRAINT certificate_templates_paper_ck CHECK (paper IN ('a4', 'letter')),
    orientation text NOT NULL
        CONSTRAINT certificate_templates_orientation_ck CHECK (orientation IN ('landscape', 'portrait')),
    ink text NOT NULL CONSTRAINT certificate_templates_ink_ck CHECK (ink ~ '^#[0-9a-f]{6}$'),
    accent text NOT NULL CONSTRAINT certificate_templates_accent_ck CHECK (accent ~ '^#[0-9a-f]{6}$'),
    ground text NOT NULL CONSTRAINT certificate_templates_ground_ck CHECK (ground ~ '^#[0-9a-f]{6}$'),
    -- By language: {"en": {"heading": …, "statement": …}}.
    texts jsonb NOT NULL CONSTRAINT certificate_templates_texts_ck
        CHECK (jsonb_typeof(texts) = 'object' AND texts <> '{}' AND octet_length(texts::text) <= 32768),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE certificate_images (
    template_id uuid NOT NULL
        CONSTRAINT certificate_images_template_id_fk REFERENCES certificate_templates (id) ON DELETE CASCADE,
    place text NOT NULL CONSTRAINT certificate_images_place_ck CHECK (place IN ('logo', 'signature')),
    png bytea NOT NULL CONSTRAINT certificate_images_png_ck CHECK (octet_length(png) BETWEEN 34 AND 524288),
    CONSTRAINT certificate_images_key PRIMARY KEY (template_id, place)
);

-- What a course asks for before it gives a certificate; a course without a row has the defaults.
CREATE TABLE certificate_rules (
    course_id uuid CONSTRAINT certificate_rules_key PRIMARY KEY
        CONSTRAINT certificate_rules_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    template_id uuid CONSTRAINT certificate_rules_template_id_fk REFERENCES certificate_templates (id),
    issuance text NOT NULL
        CONSTRAINT certificate_rules_issuance_ck CHECK (issuance IN ('automatic', 'on_request', 'manual')),
    -- Of the published lessons, besides the course's own threshold.
    minimum_percentage smallint NOT NULL
        CONSTRAINT certificate_rules_minimum_percentage_ck CHECK (minimum_percentage BETWEEN 0 AND 100),
    validity_months smallint
        CONSTRAINT certificate_rules_validity_months_ck CHECK (validity_months BETWEEN 1 AND 240),
    language text CONSTRAINT certificate_rules_language_ck CHECK (language IN ('en', 'es', 'ar')),
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);
CREATE INDEX certificate_rules_template_id_idx ON certificate_rules (template_id);
