-- Shows what quizzes keep until they are closed.
INSERT INTO job_kinds (kind, queue, priority, max_attempts, done_kept) VALUES ('quiz_closing', 'default', 4, 100, NULL);
