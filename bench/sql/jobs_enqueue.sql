-- Fifty jobs in a tenant's own transaction.
BEGIN;
SET LOCAL ROLE {role};
SELECT cell.enqueue_jobs('probe', ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 50)), now(), '{}');
COMMIT;
