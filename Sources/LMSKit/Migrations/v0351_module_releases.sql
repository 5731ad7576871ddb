-- When learners get to a module: at an instant, or so many days after they began; at once without either.
ALTER TABLE modules
    ADD COLUMN available_at timestamptz,
    ADD COLUMN available_after_days integer
        CONSTRAINT modules_available_after_days_ck CHECK (available_after_days BETWEEN 0 AND 3650),
    ADD CONSTRAINT modules_available_at_ck CHECK (available_at IS NULL OR available_after_days IS NULL);
