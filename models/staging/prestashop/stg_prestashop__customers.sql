{#- A customer exported again counts as updated last. -#}

with

source as (

    select * from {{ source('prestashop', 'customers') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by id
            order by {{ to_utc('date_upd') }} desc nulls last, _file desc, _line desc
        ) as recency

    from source

),

final as (

    select
        -- keys
        id as customer_source_id,
        {{ email_key('email') }} as email_key

    from ranked
    where recency = 1

)

select * from final
