{#- A ledger is never deduplicated: two equal lines are two costs. -#}

with

source as (

    select * from {{ source('cost_ledger', 'entries') }}

),

final as (

    select
        -- keys
        _file || ':' || _line as entry_source_id,

        -- attributes
        category,
        team,
        site,
        partner,
        upper(currency) as currency,

        -- measures
        amount::decimal(18, 2) as cost_amount,

        -- dates
        period_month::date as month_start_date

    from source

)

select * from final
