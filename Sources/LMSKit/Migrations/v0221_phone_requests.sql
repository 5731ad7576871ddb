-- How often codes were asked for to a number, by whichever accounts: a number is known here by a keyed digest only, and forgotten after a day.
CREATE TABLE phone_requests (
    number_hash bytea CONSTRAINT phone_requests_number_hash_key PRIMARY KEY
        CONSTRAINT phone_requests_number_hash_ck CHECK (octet_length(number_hash) = 32),
    requests integer NOT NULL DEFAULT 1,
    first_requested_at timestamptz NOT NULL,
    requested_at timestamptz NOT NULL
);
CREATE INDEX phone_requests_requested_at_idx ON phone_requests (requested_at);
