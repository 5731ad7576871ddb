-- Fifty jobs by one call.
SELECT count(*) FROM graphile_add(ARRAY(
    SELECT ROW('noop', json_build_object('number', n), NULL, NULL, NULL, NULL, NULL, NULL)::graphile_spec FROM generate_series(1, 50) AS n
));
