-- Closes attempts at quizzes whose time is over.
INSERT INTO job_kinds (kind, queue, priority, max_attempts, done_kept) VALUES ('quiz_deadline', 'default', 2, 100, NULL);
