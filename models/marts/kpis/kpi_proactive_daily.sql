with

messages as (

    select * from {{ ref('fct_proactive_messages') }}

),

final as (

    select
        -- grain
        sent_date as date_day,
        {{ cut_columns(['campaign', 'region', 'value_band']) }}
        -- components
        count(*) as messages_delivered,
        count(*) filter (where is_engaged) as messages_engaged,
        count(*) filter (where is_engaged and is_mature) as messages_engaged_mature,
        count(*) filter (
            where is_engaged and is_mature and is_followed_by_contact
        ) as messages_engaged_followed,
        count(*) filter (where not is_engaged and is_mature) as messages_ignored_mature,
        count(*) filter (
            where not is_engaged and is_mature and is_followed_by_contact
        ) as messages_ignored_followed

    from messages
    group by all

)

select * from final
