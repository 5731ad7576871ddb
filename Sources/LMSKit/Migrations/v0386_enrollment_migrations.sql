-- A learner who was moved to a later version has a place there; the old one stays, to read what they did.
ALTER TABLE enrollments
    ADD COLUMN migrated_to uuid,
    ADD CONSTRAINT enrollments_migrated_to_fk FOREIGN KEY (migrated_to) REFERENCES enrollments (id) ON DELETE SET NULL NOT VALID,
    DROP CONSTRAINT enrollments_status_ck,
    ADD CONSTRAINT enrollments_status_ck
        CHECK (status IN ('pending_payment', 'active', 'completed', 'dropped', 'expired', 'migrated')) NOT VALID,
    ADD CONSTRAINT enrollments_migrated_to_ck CHECK (migrated_to IS NULL OR status = 'migrated') NOT VALID;
ALTER TABLE enrollments
    VALIDATE CONSTRAINT enrollments_migrated_to_fk,
    VALIDATE CONSTRAINT enrollments_status_ck,
    VALIDATE CONSTRAINT enrollments_migrated_to_ck;
CREATE INDEX enrollments_migrated_to_idx ON enrollments (migrated_to) WHERE migrated_to IS NOT NULL;
