{#- Messages of the conversations in which we wrote: of others nobody has the reply. -#}

with

mentions as (

    select * from {{ ref('stg_social__mentions') }}

),

final as (

    select distinct
        -- keys
        contact_source_id,
        author_source_id as actor_source_id,

        -- attributes
        case when is_own then 'public_reply' else 'customer_reply' end as event_type,
        case when is_own then 'agent' else 'customer' end as actor_type,
        null::string as from_value,
        null::string as to_value,

        -- timestamps
        published_at as occurred_at

    from mentions
    where
        contact_source_id in (
            select own.contact_source_id
            from mentions as own
            where own.is_own
        )

)

select * from final
