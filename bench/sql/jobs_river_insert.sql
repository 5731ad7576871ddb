-- Fifty jobs in one statement, as River inserts many: a key that is taken already is left out.
INSERT INTO river_jobs (kind, args) SELECT 'noop', jsonb_build_object('number', n) FROM generate_series(1, 50) AS n
ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND unique_states IS NOT NULL DO NOTHING;
