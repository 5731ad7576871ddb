-- Where the store takes the bytes of an upload as they are, until they are sealed or given up: such an upload says beforehand what it is,
-- and is sent in one request, for which S3 takes no more than 5 GiB.
ALTER TABLE uploads
    ADD COLUMN staged_id uuid,
    ADD CONSTRAINT uploads_staged_id_ck CHECK (
        staged_id IS NULL
        OR sha256 IS NOT NULL AND byte_count <= 5368709120 AND store_token IS NULL AND status IN ('open', 'checking')) NOT VALID;
ALTER TABLE uploads VALIDATE CONSTRAINT uploads_staged_id_ck;
CREATE UNIQUE INDEX uploads_staged_id_uq ON uploads (staged_id) WHERE staged_id IS NOT NULL;
