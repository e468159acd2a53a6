-- A page of the active partnerships as PostgreSQL builds it, in one statement: $1 partnerships on the page, $2 today, after
-- the title $3 and the id $4.
WITH page AS MATERIALIZED (
    SELECT id, title, products, status, batch, pattern, channel, organisation FROM partnership
     WHERE status = 'ACTIVE' AND (title, id) > ($3::text, $4::uuid) ORDER BY title, id LIMIT $1::bigint + 1
), shown AS MATERIALIZED (
    SELECT page.*, rtrim(translate(encode(convert_to('{"o":"TITLE","k":{"s":' || to_json(title) || '},"i":"' || id || '"}', 'UTF8'),
           'base64'), E'+/\n', '-_'), '=') AS cursor
      FROM page ORDER BY title, id LIMIT $1
)
SELECT '{"data":{"partnerships":{"pageInfo":{"hasNextPage":' || ((SELECT count(*) FROM page) > $1)::text
  || ',"startCursor":"' || (SELECT cursor FROM shown ORDER BY title, id LIMIT 1)
  || '","endCursor":"' || (SELECT cursor FROM shown ORDER BY title DESC, id DESC LIMIT 1)
  || '"},"nodes":[' || (SELECT string_agg('{"title":' || to_json(shown.title) || ',"products":' || to_json(shown.products)
      || ',"status":"' || shown.status || '","batch":' || to_json(shown.batch) || ',"pattern":"' || shown.pattern || '","channel":"'
      || shown.channel || '","organisation":{"code":' || to_json(o.code) || ',"name":' || to_json(
          (SELECT name FROM organisation_name n
            WHERE n.organisation = shown.organisation AND (n.valid_from IS NULL OR n.valid_from <= $2::date)
              AND (n.valid_until IS NULL OR n.valid_until > $2)
            ORDER BY n.valid_from DESC NULLS LAST LIMIT 1))
      || '}}', ',' ORDER BY shown.title, shown.id) FROM shown JOIN organisation o ON o.id = shown.organisation)
  || ']}},"extensions":{"journal":{"sequence":' || (SELECT sequence FROM journal_head) || '}}}'
