-- Above the share, an export has changed rather than a row gone wrong.

select
    source_system,
    sum(rows_rejected) as rows_rejected,
    sum(rows_read) as rows_read
from {{ ref('stg_landing__files') }}
group by all
having sum(rows_rejected) > {{ var('max_reject_share') }} * sum(rows_read)
