-- What somebody watched of a medium, as the server makes it out.
CREATE TABLE media_watches (
    user_id uuid NOT NULL CONSTRAINT media_watches_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    media_id uuid NOT NULL CONSTRAINT media_watches_media_id_fk REFERENCES media (id) ON DELETE CASCADE,
    -- Where to go on, in seconds.
    position integer NOT NULL DEFAULT 0 CONSTRAINT media_watches_position_ck CHECK (position >= 0),
    -- Ranges of seconds, in order and apart: from, to, from, to, …
    watched bigint[] NOT NULL DEFAULT '{}'
        CONSTRAINT media_watches_watched_ck CHECK (cardinality(watched) % 2 = 0 AND cardinality(watched) <= 1000),
    completed_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT media_watches_key PRIMARY KEY (user_id, media_id)
) WITH (fillfactor = 80);
CREATE INDEX media_watches_media_id_idx ON media_watches (media_id);

-- The players of somebody, a few for each medium: what each said last.
CREATE TABLE media_players (
    user_id uuid NOT NULL CONSTRAINT media_players_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    media_id uuid NOT NULL CONSTRAINT media_players_media_id_fk REFERENCES media (id) ON DELETE CASCADE,
    player text NOT NULL CONSTRAINT media_players_player_ck CHECK (char_length(player) BETWEEN 8 AND 64),
    sequence bigint NOT NULL,
    position integer NOT NULL,
    reported_at timestamptz NOT NULL,
    CONSTRAINT media_players_key PRIMARY KEY (user_id, media_id, player)
) WITH (fillfactor = 80);
CREATE INDEX media_players_media_id_idx ON media_players (media_id);
