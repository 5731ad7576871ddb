-- How many bytes the tenant's files may have together, and how many they have; the one row is made and kept by the triggers below.
CREATE TABLE file_storage (
    is_whole boolean NOT NULL DEFAULT true
        CONSTRAINT file_storage_key PRIMARY KEY CONSTRAINT file_storage_is_whole_ck CHECK (is_whole),
    byte_limit bigint NOT NULL DEFAULT 107374182400 CONSTRAINT file_storage_byte_limit_ck CHECK (byte_limit >= 0),
    used_bytes bigint NOT NULL DEFAULT 0 CONSTRAINT file_storage_used_bytes_ck CHECK (used_bytes >= 0),
    -- What was promised to uploads that go on.
    reserved_bytes bigint NOT NULL DEFAULT 0 CONSTRAINT file_storage_reserved_bytes_ck CHECK (reserved_bytes >= 0)
);
INSERT INTO file_storage (used_bytes) SELECT sum(byte_count) FROM files HAVING count(*) > 0;

-- How long a file for a use may be, where an operator said so. A store that is written in 10,000 parts of 4 MiB takes no more than 40,000 MiB.
CREATE TABLE upload_limits (
    use text NOT NULL CONSTRAINT upload_limits_key PRIMARY KEY
        CONSTRAINT upload_limits_use_ck CHECK (use IN ('course_asset', 'caption', 'submission')),
    byte_limit bigint NOT NULL CONSTRAINT upload_limits_byte_limit_ck CHECK (byte_limit BETWEEN 1 AND 41943040000)
);
CREATE FUNCTION upload_limit(wanted text) RETURNS bigint LANGUAGE sql STABLE
    RETURN coalesce((SELECT byte_limit FROM upload_limits WHERE use = wanted),
        CASE wanted WHEN 'course_asset' THEN 10737418240 WHEN 'caption' THEN 2097152 WHEN 'submission' THEN 104857600 END);

ALTER TABLE files
    ADD COLUMN use text NOT NULL DEFAULT 'course_asset'
        CONSTRAINT files_use_ck CHECK (use IN ('course_asset', 'caption', 'submission')),
    -- Whose it is, where it is for them and the course's staff alone.
    ADD COLUMN owner_id uuid CONSTRAINT files_owner_id_fk REFERENCES users (id) ON DELETE CASCADE,
    ADD COLUMN sha256 bytea CONSTRAINT files_sha256_ck CHECK (octet_length(sha256) = 32),
    ADD CONSTRAINT files_owner_id_ck CHECK ((use = 'submission') = (owner_id IS NOT NULL));
CREATE INDEX files_owner_id_idx ON files (owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE uploads (
    id uuid NOT NULL CONSTRAINT uploads_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT uploads_user_id_fk REFERENCES users (id) ON DELETE CASCADE,
    course_id uuid NOT NULL CONSTRAINT uploads_course_id_fk REFERENCES courses (id) ON DELETE CASCADE,
    use text NOT NULL CONSTRAINT uploads_use_ck CHECK (use IN ('course_asset', 'caption', 'submission')),
    name text NOT NULL CONSTRAINT uploads_name_ck CHECK (char_length(name) BETWEEN 1 AND 255),
    byte_count bigint NOT NULL CONSTRAINT uploads_byte_count_ck CHECK (byte_count >= 1),
    sha256 bytea CONSTRAINT uploads_sha256_ck CHECK (octet_length(sha256) = 32),
    status text NOT NULL DEFAULT 'open'
        CONSTRAINT uploads_status_ck CHECK (status IN ('open', 'checking', 'stored', 'refused')),
    refusal text CONSTRAINT uploads_refusal_ck CHECK ((status = 'refused') = (refusal IS NOT NULL)),
    received_bytes bigint NOT NULL DEFAULT 0 CONSTRAINT uploads_received_bytes_ck CHECK (received_bytes BETWEEN 0 AND byte_count),
    -- The file that it becomes, by which the store knows its bytes.
    file_id uuid NOT NULL CONSTRAINT uploads_file_id_uq UNIQUE,
    -- What the store knows the parts by, once there is one.
    store_token text,
    tenant_key_id uuid NOT NULL CONSTRAINT uploads_tenant_key_id_fk REFERENCES tenant_keys (id),
    sealed_key bytea NOT NULL,
    -- What was received after the last part, sealed.
    tail bytea,
    -- Who appends at the moment, and until when they count.
    lease uuid,
    leased_until timestamptz,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT uploads_lease_ck CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CONSTRAINT uploads_whole_ck CHECK (status NOT IN ('checking', 'stored') OR received_bytes = byte_count)
);
CREATE INDEX uploads_user_id_idx ON uploads (user_id);
CREATE INDEX uploads_course_id_idx ON uploads (course_id);
CREATE INDEX uploads_expires_at_idx ON uploads (expires_at);

CREATE TABLE upload_parts (
    upload_id uuid NOT NULL CONSTRAINT upload_parts_upload_id_fk REFERENCES uploads (id) ON DELETE CASCADE,
    number integer NOT NULL CONSTRAINT upload_parts_number_ck CHECK (number BETWEEN 1 AND 10000),
    byte_count integer NOT NULL CONSTRAINT upload_parts_byte_count_ck CHECK (byte_count >= 1),
    tag text NOT NULL,
    CONSTRAINT upload_parts_key PRIMARY KEY (upload_id, number)
);

-- Files may have no more bytes than the limit, however many are made at the same time: the row is locked until the commit.
CREATE FUNCTION count_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO file_storage DEFAULT VALUES ON CONFLICT DO NOTHING;
        UPDATE file_storage s SET used_bytes = s.used_bytes + c.bytes
        FROM (SELECT coalesce(sum(byte_count), 0)::bigint AS bytes FROM changed) c
        WHERE c.bytes = 0 OR s.used_bytes + s.reserved_bytes + c.bytes <= s.byte_limit;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'file_storage_room_ck', MESSAGE = 'no room';
        END IF;
    ELSE
        UPDATE file_storage s SET used_bytes = greatest(0, s.used_bytes - c.bytes)
        FROM (SELECT coalesce(sum(byte_count), 0)::bigint AS bytes FROM changed) c WHERE c.bytes <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER files_count_inserted AFTER INSERT ON files
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_files();
CREATE TRIGGER files_count_deleted AFTER DELETE ON files
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_files();

-- An upload has its bytes promised while it goes on. Beginning one locks the row, so that limits hold for those that begin at the same time.
CREATE FUNCTION reserve_upload() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before bigint := 0;
    after bigint := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status IN ('open', 'checking') THEN before := OLD.byte_count; END IF;
    IF TG_OP <> 'DELETE' AND NEW.status IN ('open', 'checking') THEN after := NEW.byte_count; END IF;
    IF before = after THEN RETURN NULL; END IF;
    IF TG_OP = 'INSERT' AND NEW.byte_count > upload_limit(NEW.use) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'uploads_use_limit_ck', MESSAGE = 'too long';
    END IF;
    INSERT INTO file_storage DEFAULT VALUES ON CONFLICT DO NOTHING;
    UPDATE file_storage SET reserved_bytes = greatest(0, reserved_bytes + after - before)
    WHERE after < before OR used_bytes + reserved_bytes + after - before <= byte_limit;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'file_storage_room_ck', MESSAGE = 'no room';
    END IF;
    IF TG_OP = 'INSERT' AND 10 < (
        SELECT count(*) FROM uploads WHERE user_id = NEW.user_id AND status IN ('open', 'checking')
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'uploads_open_ck', MESSAGE = 'too many';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER uploads_reserve AFTER INSERT OR UPDATE OF status OR DELETE ON uploads
    FOR EACH ROW EXECUTE FUNCTION reserve_upload();
