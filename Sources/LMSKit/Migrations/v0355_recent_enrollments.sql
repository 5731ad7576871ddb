-- What was enrolled in lately; neither column changes with progress, so that its writes stay heap-only.
CREATE INDEX enrollments_enrolled_at_idx ON enrollments (enrolled_at, course_id);
