-- An attempt keeps the time limit that it began with: another end of the quiz moves its deadline, another limit does not.
ALTER TABLE quiz_attempts ADD COLUMN time_limit_seconds integer
    CONSTRAINT quiz_attempts_time_limit_seconds_ck CHECK (time_limit_seconds BETWEEN 10 AND 2592000);
UPDATE quiz_attempts a SET time_limit_seconds = q.time_limit_seconds
FROM quizzes q WHERE q.id = a.quiz_id AND a.status = 'in_progress';
