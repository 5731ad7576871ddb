-- A process does 50 jobs of a queue at a time (`JobRunner.lanes`). Where jobs wait for servers that a tenant chose, one tenant has fewer
-- than that, so that however long its servers take another tenant's jobs begin at once. What an operator has set stays.
UPDATE job_queues SET tenant_running_limit = 40 WHERE queue IN ('mail', 'webhooks') AND tenant_running_limit = 100;
