ALTER TABLE notification_announcements
    -- How many there were when it was made, to tell how far it is.
    ADD COLUMN expected integer NOT NULL DEFAULT 0
        CONSTRAINT notification_announcements_expected_ck CHECK (expected >= 0),
    -- Who, if they were named: until they were told, in the same transaction.
    ADD COLUMN user_ids uuid[] NOT NULL DEFAULT '{}'
        CONSTRAINT notification_announcements_user_ids_ck CHECK (cardinality(user_ids) <= 100);
