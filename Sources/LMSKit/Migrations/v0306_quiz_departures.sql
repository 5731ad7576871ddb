-- Attempts are also ended by their learner leaving the course.
ALTER TABLE quiz_attempts DROP CONSTRAINT quiz_attempts_closing_ck,
    ADD CONSTRAINT quiz_attempts_closing_ck CHECK (closing IN ('learner', 'deadline', 'departure'));
