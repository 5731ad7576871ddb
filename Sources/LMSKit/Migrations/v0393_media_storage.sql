-- What is made of media takes room as what it is made of does: its bytes count from before they are stored until its row is gone.
ALTER TABLE media
    DROP CONSTRAINT media_failure_ck,
    ADD CONSTRAINT media_failure_ck CHECK (failure IN (
        'unsupported', 'damaged', 'empty', 'too_long', 'too_large', 'source_missing', 'timed_out', 'interrupted', 'room'));

CREATE TRIGGER media_files_count_inserted AFTER INSERT ON media_files
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_files();
CREATE TRIGGER media_files_count_deleted AFTER DELETE ON media_files
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_files();

-- A host of an earlier version says only afterwards how many bytes it stored.
CREATE FUNCTION recount_media_file() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    added bigint := coalesce(NEW.byte_count, 0) - coalesce(OLD.byte_count, 0);
BEGIN
    INSERT INTO file_storage DEFAULT VALUES ON CONFLICT DO NOTHING;
    UPDATE file_storage SET used_bytes = greatest(0, used_bytes + added)
    WHERE added <= 0 OR used_bytes + reserved_bytes + added <= byte_limit;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'file_storage_room_ck', MESSAGE = 'no room';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER media_files_count_updated AFTER UPDATE OF byte_count ON media_files FOR EACH ROW
    WHEN (NEW.byte_count IS DISTINCT FROM OLD.byte_count) EXECUTE FUNCTION recount_media_file();

-- The triggers keep others from writing until this is committed. Who has more than the limit now keeps it, and gets no more.
INSERT INTO file_storage (used_bytes) SELECT sum(byte_count) FROM media_files HAVING sum(byte_count) > 0
ON CONFLICT ON CONSTRAINT file_storage_key DO UPDATE SET used_bytes = file_storage.used_bytes + excluded.used_bytes;
