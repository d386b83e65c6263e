{#- A stock is what stands at the end of the period, no sum over its days. -#}

{%- set cuts = [
    'channel', 'contact_reason', 'journey_stage', 'team', 'tier', 'site', 'partner'
] %}

with

backlog as (

    select * from {{ ref('kpi_backlog_daily') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

final as (

    select
        -- grain
        periods.period_grain,
        periods.period_start_date,
        {% for cut in cuts -%}
        backlog.{{ cut }},
        {% endfor %}
        -- components
        sum(backlog.contacts_closing)::bigint as backlog_contacts

    from backlog
    inner join periods on backlog.date_day = periods.last_landed_date
    where backlog.contacts_closing != 0
    group by all

)

select * from final
