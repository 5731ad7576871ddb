-- The file that what is played is made of; it may be gone since. NULL: not known, or nothing is played yet.
ALTER TABLE media ADD COLUMN made_of uuid;
UPDATE media SET made_of = file_id WHERE status = 'ready';
