-- What was handed in lately in a course; both columns are set once, with a status that other indexes have already.
CREATE INDEX submissions_received_at_idx ON submissions (course_id, received_at) WHERE received_at IS NOT NULL;
CREATE INDEX quiz_attempts_submitted_at_idx ON quiz_attempts (course_id, submitted_at) WHERE submitted_at IS NOT NULL;
