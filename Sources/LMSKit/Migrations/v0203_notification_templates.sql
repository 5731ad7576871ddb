-- What a tenant says in place of the platform's words.
CREATE TABLE notification_templates (
    type text NOT NULL CONSTRAINT notification_templates_type_ck CHECK (char_length(type) BETWEEN 1 AND 60),
    locale text NOT NULL CONSTRAINT notification_templates_locale_ck CHECK (locale IN ('en', 'es', 'ar')),
    title text NOT NULL CONSTRAINT notification_templates_title_ck CHECK (char_length(title) BETWEEN 1 AND 200),
    message text NOT NULL CONSTRAINT notification_templates_message_ck CHECK (char_length(message) BETWEEN 1 AND 1000),
    updated_at timestamptz NOT NULL,
    CONSTRAINT notification_templates_type_locale_key PRIMARY KEY (type, locale)
);
