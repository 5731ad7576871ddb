-- What a badge recognizes its learner by: a hash of their address if they showed that it is theirs, else of their account.
ALTER TABLE certificates
    ADD COLUMN identity_type text NOT NULL DEFAULT 'emailAddress'
        CONSTRAINT certificates_identity_type_ck CHECK (identity_type IN ('emailAddress', 'accountId'));
UPDATE certificates f
SET identity_type = 'accountId',
    identity_hash = encode(sha256(convert_to(f.user_id::text || f.identity_salt, 'UTF8')), 'hex')
FROM users u WHERE u.id = f.user_id AND u.email_verified_at IS NULL;
