{#-
    Chains each customer's countable contacts into issues: a contact belongs to the
    issue before it when it starts at most fcr_window_days after that issue's last end.
-#}

with

contacts as (

    select * from {{ ref('int_contacts_conformed') }}

),

countable as (

    select
        contact_id,
        customer_id,
        case
            when {{ var('fcr_same_reason') }} then contact_reason
            else 'any'
        end as chain_reason,
        opened_at,
        ended_at

    from contacts
    where is_countable and customer_id is not null

),

ordered as (

    select
        *,
        max(ended_at) over (
            partition by customer_id, chain_reason
            order by opened_at, contact_id
            rows between unbounded preceding and 1 preceding
        ) as previous_ended_at,
        lead(opened_at) over (
            partition by customer_id, chain_reason
            order by opened_at, contact_id
        ) as next_opened_at

    from countable

),

opened as (

    select
        *,
        {% for days in fcr_variant_days() -%}
        previous_ended_at is null
        or not {{ is_within_days(
            'previous_ended_at', 'opened_at', days
        ) }} as is_first_{{ days }}d,
        {% endfor -%}
        previous_ended_at is null
        or not {{ is_within_days(
            'previous_ended_at', 'opened_at', var('fcr_window_days')
        ) }} as is_first_of_issue

    from ordered

),

numbered as (

    select
        *,
        -- alone: first of its chain, and the customer's next contact opens another
        {% for days in fcr_variant_days() -%}
        is_first_{{ days }}d
        and lead(is_first_{{ days }}d, 1, true) over (
            partition by customer_id, chain_reason
            order by opened_at, contact_id
        ) as is_alone_{{ days }}d,
        {% endfor -%}
        count(*) filter (where is_first_of_issue) over (
            partition by customer_id, chain_reason
            order by opened_at, contact_id
            rows between unbounded preceding and current row
        ) as issue_number

    from opened

),

final as (

    select
        -- keys
        contact_id,
        first_value(contact_id) over issue as issue_id,

        -- flags
        is_first_of_issue,
        {% for days in fcr_variant_days() -%}
        is_first_{{ days }}d,
        is_alone_{{ days }}d,
        {% endfor %}
        -- timestamps
        next_opened_at,

        -- measures
        row_number() over issue as contact_number

    from numbered

    window issue as (
        partition by customer_id, chain_reason, issue_number
        order by opened_at, contact_id
    )

)

select * from final
