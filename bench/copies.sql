-- Makes so many copies of each partnership, with all that is its own, and gives every partnership ten milestones at
-- least. Copies are not in the journal, which therefore does not verify: this is data to measure reading by, as long as
-- no seed of that size is there. :copies is replaced by a number below 10,000.
DO $$
DECLARE
    copied text;
    columns text;
    copies text;
BEGIN
    FOREACH copied IN ARRAY ARRAY['partner', 'partnership', 'partnership_partner', 'milestone', 'milestone_dependency', 'outcome',
        'outcome_revision', 'reschedule', 'external_reference', 'obstacle', 'evidence']
    LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
               string_agg(CASE
                   WHEN attname IN ('id', 'partner', 'partnership', 'renewal_of', 'milestone', 'depends_on', 'outcome')
                       -- Recorded at the same time, and so ordered as the first one is.
                       THEN format('overlay(md5(%1$I::text || n) placing left(translate(%1$I::text, ''-'', ''''), 13) from 1)::uuid', attname)
                   WHEN attname = 'public_id' THEN 'md5(id::text || n)::uuid'
                   WHEN copied = 'partner' AND attname IN ('nib', 'nik_koperasi', 'npwp') THEN 'NULL'
                   WHEN copied IN ('partner', 'partnership') AND attname IN ('title', 'name')
                       THEN format('%I || '' '' || n', attname)
                   WHEN copied = 'external_reference' AND attname = 'value' THEN 'value || ''-'' || n'
                   ELSE quote_ident(attname)
               END, ', ' ORDER BY attnum)
          INTO columns, copies
          FROM pg_attribute
         WHERE attrelid = copied::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM %I, generate_series(1, :copies) n', copied, columns, copies, copied);
        IF copied = 'milestone' THEN
            -- Further ones like the first, until there are ten.
            EXECUTE format('INSERT INTO milestone (%s) SELECT %s FROM milestone, generate_series(1, 10) n
                WHERE position = 1 AND n <= 10 - (SELECT count(*) FROM milestone other WHERE other.partnership = milestone.partnership)',
                columns, (SELECT string_agg(CASE attname
                    WHEN 'id' THEN 'md5(id::text || n)::uuid'
                    WHEN 'position' THEN 'position + 50 + n'
                    WHEN 'due_on' THEN 'due_on + (31 * n)::int'
                    WHEN 'first_due_on' THEN 'first_due_on + (31 * n)::int'
                    ELSE quote_ident(attname) END, ', ' ORDER BY attnum)
                  FROM pg_attribute
                 WHERE attrelid = 'milestone'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''));
        END IF;
    END LOOP;
END $$;
