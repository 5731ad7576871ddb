-- Uploads that are complete are checked where other work on files is done.
INSERT INTO job_kinds (kind, queue, priority, max_attempts, done_kept) VALUES ('upload', 'media', 5, 10, NULL);
