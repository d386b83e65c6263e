{#- FCR by the day of opening; other windows chain issues of their own. -#}
{%- set windows = [] -%}
{%- for days in fcr_variant_days() -%}
    {%- do windows.extend([
        'is_fcr_eligible_' ~ days ~ 'd',
        'is_resolved_first_time_' ~ days ~ 'd',
    ]) -%}
{%- endfor %}

with

issues as (

    select
        opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        true as is_issue,
        is_fcr_eligible,
        is_resolved_first_time

    from {{ ref('fct_issues') }}

),

contacts as (

    select
        opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        {{ windows | join(',
        ') }}

    from {{ ref('fct_contacts') }}
    where is_countable and is_identified

),

-- one grouping of both: by this many columns, hardly two rows are alike
lines as (

    {{ union_by_name(['date_day'] + contact_cuts(), {
        'issues': ['is_issue', 'is_fcr_eligible', 'is_resolved_first_time'],
        'contacts': windows,
    }) }}

),

final as (

    select
        -- grain
        date_day,
        {{ contact_cuts() | join(',
        ') }},

        -- components
        {% for days in fcr_variant_days() -%}
        count(*) filter (where is_fcr_eligible_{{ days }}d)
            as issues_fcr_eligible_{{ days }}d,
        count(*) filter (where is_resolved_first_time_{{ days }}d)
            as issues_resolved_first_time_{{ days }}d,
        {% endfor -%}
        count(*) filter (where is_issue) as issues,
        count(*) filter (where is_fcr_eligible) as issues_fcr_eligible,
        count(*) filter (where is_resolved_first_time) as issues_resolved_first_time

    from lines
    group by all

)

select * from final
