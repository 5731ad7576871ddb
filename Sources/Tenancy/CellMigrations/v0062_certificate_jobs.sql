-- Certificates are drawn where other work on files is done.
INSERT INTO job_kinds (kind, queue, priority, max_attempts, done_kept) VALUES ('certificate', 'media', 4, 10, NULL);
