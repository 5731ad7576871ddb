-- The grade that a certificate says, if its course's rule has it said: that of the day, which later changes of grades do not touch.
ALTER TABLE certificate_rules
    ADD COLUMN grade_shown text NOT NULL DEFAULT 'nowhere' CONSTRAINT certificate_rules_grade_shown_ck
        CHECK (grade_shown IN ('nowhere', 'certificate', 'everywhere'));
ALTER TABLE certificates
    -- In hundredths of a percent; extra credit may lead above 100 percent.
    ADD COLUMN grade integer CONSTRAINT certificates_grade_ck CHECK (grade BETWEEN 0 AND 1000000),
    ADD COLUMN grade_letter text
        CONSTRAINT certificates_grade_letter_ck CHECK (char_length(grade_letter) BETWEEN 1 AND 20),
    -- Whether whoever checks the certificate is told.
    ADD COLUMN is_grade_public boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT certificates_grade_public_ck
        CHECK (grade IS NOT NULL OR grade_letter IS NULL AND NOT is_grade_public);
