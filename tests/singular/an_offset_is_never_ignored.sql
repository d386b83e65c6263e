-- Every way a vendor writes the same instant; the last one carries no offset and is
-- local to Paris, two hours ahead in May.

with

written (instant) as (

    values
    ('2026-05-01T08:00:00Z'),
    ('2026-05-01 08:00:00 UTC'),
    ('2026-05-01 10:00:00 +0200'),
    ('2026-05-01T10:00:00+02:00'),
    ('2026-05-01T10:00:00.000+02'),
    ('2026-05-01T08:00Z'),
    ('2026-05-01 03:00-05'),
    ('2026-05-01T18:00:00+10:00'),
    ('2026-05-01 10:00:00')

)

select instant
from written
where
    ({{ to_utc('instant', 'Europe/Paris') }} = timestamp '2026-05-01 08:00:00')
    is not true
