{#- FCR by the day of opening; other windows chain issues of their own. -#}
{%- set windows = [] -%}
{%- for days in fcr_variant_days() -%}
    {%- do windows.extend([
        'issues_fcr_eligible_' ~ days ~ 'd',
        'issues_resolved_first_time_' ~ days ~ 'd',
    ]) -%}
{%- endfor %}

with

issues as (

    select * from {{ ref('fct_issues') }}

),

contacts as (

    select * from {{ ref('fct_contacts') }}

),

issue_lines as (

    select
        opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        count(*) as issues,
        count(*) filter (where is_fcr_eligible) as issues_fcr_eligible,
        count(*) filter (where is_resolved_first_time) as issues_resolved_first_time

    from issues
    group by all

),

window_lines as (

    select
        opened_date as date_day,
        {{ cut_columns(contact_cuts()) }}
        {% for days in fcr_variant_days() -%}
        count(*) filter (where is_fcr_eligible_{{ days }}d)
            as issues_fcr_eligible_{{ days }}d,
        count(*) filter (where is_resolved_first_time_{{ days }}d)
            as issues_resolved_first_time_{{ days }}d,
        {% endfor -%}
        0 as issues

    from contacts
    where is_countable and is_identified
    group by all

),

lines as (

    {{ union_by_name(['date_day'] + contact_cuts(), {
        'issue_lines': ['issues', 'issues_fcr_eligible', 'issues_resolved_first_time'],
        'window_lines': windows,
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
        coalesce(sum(issues_fcr_eligible_{{ days }}d), 0)::bigint
            as issues_fcr_eligible_{{ days }}d,
        coalesce(sum(issues_resolved_first_time_{{ days }}d), 0)::bigint
            as issues_resolved_first_time_{{ days }}d,
        {% endfor -%}
        coalesce(sum(issues), 0)::bigint as issues,
        coalesce(sum(issues_fcr_eligible), 0)::bigint as issues_fcr_eligible,
        coalesce(sum(issues_resolved_first_time), 0)::bigint
            as issues_resolved_first_time

    from lines
    group by all

)

select * from final
