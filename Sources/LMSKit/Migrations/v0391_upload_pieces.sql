-- Most of what lies in no part yet, in pieces of 256 KiB, so that no statement carries megabytes: the first of them count.
CREATE TABLE upload_pieces (
    upload_id uuid NOT NULL CONSTRAINT upload_pieces_upload_id_fk REFERENCES uploads (id) ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT upload_pieces_number_ck CHECK (number >= 0),
    content bytea NOT NULL,
    CONSTRAINT upload_pieces_key PRIMARY KEY (upload_id, number)
);
ALTER TABLE uploads
    ADD COLUMN piece_count integer NOT NULL DEFAULT 0,
    -- A host that does not know of pieces cannot refuse what has some.
    ADD CONSTRAINT uploads_piece_count_ck CHECK (piece_count >= 0 AND (piece_count = 0 OR status IN ('open', 'checking'))) NOT VALID;
ALTER TABLE uploads VALIDATE CONSTRAINT uploads_piece_count_ck;
