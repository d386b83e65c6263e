{#- Who has to be there: live channels by their queue, the others by their work. -#}

with

needed as (

    select * from {{ ref('int_staffing_needed') }}

),

staffed as (

    select
        *,
        -- with nobody hanging up, or nobody known to, there is only Erlang C
        coalesce(agents_erlang_a, agents_erlang_c) as agents,
        coalesce(agents_erlang_a, agents_erlang_c) is not null as is_live,
        load_erlangs / 2 as workload_hours

    from needed

),

final as (

    select
        -- grain
        channel,
        date_day,
        half_hour,

        -- flags
        is_live,

        -- measures
        expected_contacts,
        round(handle_time)::bigint as handle_seconds,
        round(patience)::bigint as patience_seconds,
        load_erlangs,
        agents_erlang_c,
        agents_erlang_a,
        service_level_erlang_c,
        service_level_erlang_a,
        100 * load_erlangs / agents as occupancy,
        workload_hours,
        case when is_live then agents / 2 else workload_hours end
        / (1 - {{ var('shrinkage_share') }}) as paid_hours

    from staffed

)

select * from final
