-- A computed column, which is how PostGraphile is taught what a name is today.
CREATE FUNCTION organisation_name_today(o organisation) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT name FROM organisation_name n
     WHERE n.organisation = o.id AND (n.valid_from IS NULL OR n.valid_from <= current_date)
       AND (n.valid_until IS NULL OR n.valid_until > current_date)
     ORDER BY n.valid_from DESC NULLS LAST LIMIT 1
$$;
