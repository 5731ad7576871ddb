-- Jobs that come again by the clock on a tenant's wall.
CREATE TABLE job_schedules (
    tenant_role text COLLATE "C" NOT NULL,
    kind text NOT NULL CONSTRAINT job_schedules_kind_fk REFERENCES job_kinds (kind),
    subject uuid NOT NULL,
    -- As in crontab(5), with every value that matches; Sunday is 0.
    minutes integer[] NOT NULL,
    hours integer[] NOT NULL,
    days integer[] NOT NULL,
    months integer[] NOT NULL,
    weekdays integer[] NOT NULL,
    time_zone text NOT NULL,
    next_at timestamptz NOT NULL,
    -- The instant it was due at when it was last enqueued.
    last_at timestamptz,
    CONSTRAINT job_schedules_key PRIMARY KEY (tenant_role, kind)
);
CREATE INDEX job_schedules_next_at_idx ON job_schedules (next_at);

-- The first instant after another that a schedule names. An hour that the clocks skip is due when they have skipped it, one
-- that comes twice once; a schedule of every hour is due in every hour that passes. NULL if there is none within nine years.
CREATE FUNCTION next_due(
    minutes integer[], hours integer[], days integer[], months integer[], weekdays integer[], time_zone text, after timestamptz
) RETURNS timestamptz
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
    AS $function$
DECLARE
    day timestamp := date_trunc('day', after AT TIME ZONE time_zone);
    last timestamp := day + interval '9 years';
    found timestamptz;
BEGIN
    WHILE day < last LOOP
        IF extract(month FROM day)::integer = ANY (months) AND (
            -- Of two that say which days, either may.
            CASE WHEN cardinality(days) < 31 AND cardinality(weekdays) < 7
                THEN extract(day FROM day)::integer = ANY (days) OR extract(dow FROM day)::integer = ANY (weekdays)
                ELSE extract(day FROM day)::integer = ANY (days) AND extract(dow FROM day)::integer = ANY (weekdays)
            END
        ) THEN
            IF cardinality(hours) = 24 THEN
                SELECT min(i) INTO found
                FROM generate_series(day AT TIME ZONE time_zone, (day + interval '1 day') AT TIME ZONE time_zone - interval '1 minute',
                    '1 minute') i
                WHERE i > after AND extract(minute FROM i AT TIME ZONE time_zone)::integer = ANY (minutes);
            ELSE
                SELECT min(i) INTO found
                FROM (
                    SELECT (day + make_interval(hours => h, mins => m)) AT TIME ZONE time_zone AS i
                    FROM unnest(hours) h, unnest(minutes) m
                ) named
                WHERE i > after;
            END IF;
            IF found IS NOT NULL THEN RETURN found; END IF;
        END IF;
        day := day + interval '1 day';
    END LOOP;
    RETURN NULL;
END
$function$;

-- Enqueues what is due and sets when it is due next, in one transaction: of several workers one does. What was due several times
-- while nobody worked is done once.
CREATE FUNCTION fire_schedules(now timestamptz, tenants text[]) RETURNS timestamptz
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
    AS $function$
BEGIN
    WITH due AS (
        SELECT s.tenant_role, s.kind, s.subject, k.queue, k.priority
        FROM cell.job_schedules s JOIN cell.job_kinds k ON k.kind = s.kind
        WHERE s.next_at <= fire_schedules.now AND (fire_schedules.tenants = '{}' OR s.tenant_role = ANY (fire_schedules.tenants))
        ORDER BY s.next_at LIMIT 100
        FOR UPDATE OF s SKIP LOCKED
    ), fired AS (
        INSERT INTO cell.jobs (tenant_role, kind, queue, priority, subject, state, run_at)
        SELECT d.tenant_role, d.kind, d.queue, d.priority, d.subject, 'ready', fire_schedules.now FROM due d
        ON CONFLICT (tenant_role, kind, subject, due, payload) WHERE is_fresh AND state IN ('scheduled', 'ready') DO NOTHING
    )
    UPDATE cell.job_schedules s SET last_at = s.next_at, next_at = coalesce(
        cell.next_due(s.minutes, s.hours, s.days, s.months, s.weekdays, s.time_zone, greatest(s.next_at, fire_schedules.now)),
        'infinity')
    FROM due d WHERE s.tenant_role = d.tenant_role AND s.kind = d.kind;
    RETURN (
        SELECT min(s.next_at) FROM cell.job_schedules s
        WHERE fire_schedules.tenants = '{}' OR s.tenant_role = ANY (fire_schedules.tenants)
    );
END
$function$;
REVOKE ALL ON FUNCTION next_due(integer[], integer[], integer[], integer[], integer[], text, timestamptz),
    fire_schedules(timestamptz, text[]) FROM PUBLIC;
