-- Decides who completed a course when work is due that counts something though it is missing.
INSERT INTO job_kinds (kind, queue, priority, max_attempts, done_kept) VALUES ('completion_decision', 'default', 4, 30, NULL);
