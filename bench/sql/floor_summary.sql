-- The programme's sums as PostgreSQL builds them, in one statement: $1 today.
WITH p AS (
    SELECT count(*) AS n, sum(potential_value)::bigint AS pv, count(potential_value) AS pn, sum(estimated_value)::bigint AS ev,
           count(estimated_value) AS en, sum(contracted_value)::bigint AS cv, count(contracted_value) AS cn
      FROM partnership
), m AS (
    SELECT count(*) AS total, count(*) FILTER (WHERE status = 'MET') AS met,
           count(*) FILTER (WHERE status = 'PARTIALLY_MET') AS "partiallyMet", count(*) FILTER (WHERE status = 'NOT_MET') AS "notMet",
           count(*) FILTER (WHERE status = 'CANCELLED') AS cancelled,
           count(*) FILTER (WHERE status = 'SUBMITTED') AS "awaitingVerification",
           count(*) FILTER (WHERE due_on < $1::date AND status IN ('SCHEDULED', 'IN_PROGRESS', 'RETURNED')) AS overdue
      FROM milestone
), t AS (
    SELECT sum(coalesce(revised, actual))::bigint / 100 AS amount, count(DISTINCT partnership) AS n
      FROM outcome WHERE indicator = 'TRANSACTION_VALUE' AND status = 'VERIFIED'
), i AS (
    SELECT name, objective, unit, place FROM (VALUES
        ('TRANSACTION_VALUE', NULL, 'RUPIAH', 1), ('EXPORT_VALUE', 'EXPORTS', 'RUPIAH', 2),
        ('IMPORT_SUBSTITUTION_VALUE', 'IMPORT_SUBSTITUTION', 'RUPIAH', 3), ('VALUE_ADDED', 'VALUE_ADDED', 'RUPIAH', 4),
        ('INVESTMENT_VALUE', 'INVESTMENT', 'RUPIAH', 5), ('EMPLOYMENT', 'EMPLOYMENT', 'PEOPLE', 6),
        ('LOCAL_CONTENT', 'COMPETITIVENESS', 'PERCENT', 7), ('ON_TIME_DELIVERY', 'COMPETITIVENESS', 'PERCENT', 8),
        ('PAYMENT_DAYS', NULL, 'DAYS', 9)) i (name, objective, unit, place)
), f AS (
    SELECT o.quarter, o.indicator, count(*) AS n, count(*) FILTER (WHERE o.status IN ('SUBMITTED', 'VERIFIED')) AS reported,
           count(*) FILTER (WHERE o.status = 'VERIFIED') AS verified, sum(o.target)::bigint AS target,
           sum(coalesce(o.revised, o.actual)) FILTER (WHERE o.status = 'VERIFIED')::bigint AS total,
           sum(coalesce(o.revised, o.actual) * (coalesce(w.revised, w.actual) / 100000))
               FILTER (WHERE o.status = 'VERIFIED' AND o.indicator IN ('LOCAL_CONTENT', 'ON_TIME_DELIVERY', 'PAYMENT_DAYS'))::bigint AS weighted,
           sum(coalesce(w.revised, w.actual) / 100000)
               FILTER (WHERE o.status = 'VERIFIED' AND o.indicator IN ('LOCAL_CONTENT', 'ON_TIME_DELIVERY', 'PAYMENT_DAYS'))::bigint AS weight
      FROM outcome o
      LEFT JOIN outcome w ON w.partnership = o.partnership AND w.quarter = o.quarter AND w.indicator = 'TRANSACTION_VALUE'
       AND w.status = 'VERIFIED'
     GROUP BY o.quarter, o.indicator
)
SELECT '{"data":{"programmeSummary":{"asOf":"' || $1 || '","partnerships":[' || (
        SELECT string_agg('{"status":"' || s.status || '","count":' || coalesce(c.n, 0) || '}', ',' ORDER BY s.place)
          FROM unnest(ARRAY['PROPOSED', 'CURATION', 'PREPARATION', 'TRIAL', 'ACTIVE', 'SUSPENDED', 'COMPLETED', 'TERMINATED', 'REJECTED'])
               WITH ORDINALITY s (status, place)
          LEFT JOIN (SELECT status, count(*) AS n FROM partnership GROUP BY status) c ON c.status = s.status)
    || '],"milestones":' || row_to_json(m) || ',"values":{'
    || '"potential":{"amount":' || coalesce('"' || pv || '"', 'null') || ',"counted":' || pn || ',"outOf":' || p.n || '},'
    || '"estimated":{"amount":' || coalesce('"' || ev || '"', 'null') || ',"counted":' || en || ',"outOf":' || p.n || '},'
    || '"contracted":{"amount":' || coalesce('"' || cv || '"', 'null') || ',"counted":' || cn || ',"outOf":' || p.n || '},'
    || '"transacted":{"amount":' || coalesce('"' || t.amount || '"', 'null') || ',"counted":' || t.n || ',"outOf":' || p.n || '}},"indicators":['
    || coalesce((SELECT string_agg('{"quarter":"' || quarter || '","indicator":"' || indicator || '","objective":'
        || coalesce('"' || objective || '"', 'null') || ',"unit":"' || unit || '","target":'
        || coalesce(CASE WHEN unit IN ('RUPIAH', 'PEOPLE') THEN '"' || trim_scale(target::numeric / 100) || '"' END, 'null') || ',"actual":'
        || coalesce('"' || trim_scale((CASE WHEN unit IN ('RUPIAH', 'PEOPLE') THEN total
            WHEN weight > 0 THEN div(weighted::numeric * 2 + weight, weight * 2) END)::numeric / 100) || '"', 'null')
        || ',"verified":' || verified || ',"reported":' || reported || ',"outOf":' || f.n || '}', ',' ORDER BY quarter DESC, place)
        FROM f JOIN i ON i.name = f.indicator), '')
    || ']}},"extensions":{"journal":{"sequence":' || (SELECT sequence FROM journal_head) || '}}}'
  FROM p, m, t
