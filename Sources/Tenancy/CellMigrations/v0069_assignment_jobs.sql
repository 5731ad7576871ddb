-- Reminds learners of assignments that are due soon, and compares what they handed in.
INSERT INTO job_kinds (kind, queue, priority, max_attempts, done_kept) VALUES
    ('assignment_reminder', 'default', 4, 30, NULL), ('submission_comparison', 'default', 6, 30, NULL);
