{#-
    What somebody should look at now: at most one alert per KPI and kind, for the line
    that stands out most. `evidence` says how sure: how many times its own interval the
    line is away from what it is held against.
-#}

with

scorecard as (

    select * from {{ ref('rpt_kpi_scorecard') }}

),

kpis as (

    select * from {{ ref('dim_kpi') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

pairs as (

    select * from {{ ref('kpi_pairs') }}

),

-- a cut by hour or weekday is no place where somebody answers for a KPI
cuts as (

    select * from {{ ref('kpi_cut_columns') }}

),

latest as (

    select
        period_grain,
        max(period_start_date) as period_start_date

    from periods
    where
        period_grain in ('week', 'month')
        and period_end_date = last_landed_date
    group by all

),

lines as (

    select
        scorecard.*,
        kpis.role,
        kpis.direction,
        kpis.interval_method,
        cuts.fact_column,
        scorecard.kpi_value - scorecard.interval_low as reach_down,
        scorecard.interval_high - scorecard.kpi_value as reach_up,
        -- a cut has many values, and one of them is always unlucky
        case
            when scorecard.cut = 'overall' then 1.0
            else {{ var('alert_cut_intervals') }}
        end as needed_evidence

    from scorecard
    inner join kpis on scorecard.kpi_id = kpis.kpi_id
    left join cuts on scorecard.cut = cuts.cut
    where
        scorecard.period_grain in ('week', 'month')
        and scorecard.sample_size >= {{ var('min_sample') }}
        and kpis.role in ('kpi', 'guard')
        and (scorecard.cut = 'overall' or cuts.cut is not null)
        -- an account is closed by the month
        and (kpis.interval_method != 'none' or scorecard.period_grain = 'month')
        and scorecard.cut_value != 'unknown'

),

held as (

    select
        *,
        case
            when status != 'red' then null
            -- an account has no interval: it is sure of itself, less so of its cuts
            when interval_method = 'none' then 1.0
            when kpi_value > red_value
                then (kpi_value - red_value) / nullif(reach_down, 0)
            else (red_value - kpi_value) / nullif(reach_up, 0)
        end as evidence

    from lines

),

judged as (

    select
        *,
        coalesce(status = 'red' and evidence >= needed_evidence, false)
            as is_surely_red,
        -- a period that is not red ends the run of those before it
        sum((status != 'red')::integer) over (
            partition by kpi_id, period_grain, cut, cut_value
            order by period_start_date
            rows between unbounded preceding and current row
        ) as run_number

    from held

),

dated as (

    select
        *,
        min(period_start_date) filter (where status = 'red') over (
            partition by kpi_id, period_grain, cut, cut_value, run_number
        ) as red_since_date

    from judged

),

current_lines as (

    select dated.*
    from dated
    inner join latest
        on
            dated.period_grain = latest.period_grain
            and dated.period_start_date = latest.period_start_date

),

previous_lines as (

    select
        lines.*,
        periods.period_start_date as following_start_date

    from lines
    inner join periods
        on
            lines.period_grain = periods.period_grain
            and lines.period_start_date = periods.previous_period_start_date

),

-- how far the value moved, against what both samples can tell apart
moved as (

    select
        current_lines.*,
        case
            when current_lines.kpi_value > previous_lines.kpi_value then 'up'
            else 'down'
        end as moves,
        abs(current_lines.kpi_value - previous_lines.kpi_value)
        / nullif(
            case
                when current_lines.kpi_value > previous_lines.kpi_value
                    then
                        sqrt(
                            power(current_lines.reach_down, 2)
                            + power(previous_lines.reach_up, 2)
                        )
                else
                    sqrt(
                        power(current_lines.reach_up, 2)
                        + power(previous_lines.reach_down, 2)
                    )
            end,
            0
        ) as move_evidence

    from current_lines
    inner join previous_lines
        on
            current_lines.kpi_id = previous_lines.kpi_id
            and current_lines.period_grain = previous_lines.period_grain
            and current_lines.period_start_date = previous_lines.following_start_date
            and current_lines.cut = previous_lines.cut
            and current_lines.cut_value = previous_lines.cut_value

),

found as (

    select
        'threshold' as kind,
        case when is_surely_red then 'red' else 'amber' end as severity,
        kpi_id,
        null as paying_kpi_id,
        period_grain,
        cut,
        cut_value,
        evidence,
        red_since_date as since_date

    from current_lines
    where status = 'red'
    union all
    select
        'too_low' as kind,
        'amber' as severity,
        kpi_id,
        null as paying_kpi_id,
        period_grain,
        cut,
        cut_value,
        null as evidence,
        period_start_date as since_date

    from current_lines
    where is_too_low and cut = 'overall'
    union all
    select
        case when role = 'guard' then 'drift' else 'move' end as kind,
        case
            when role = 'guard' and move_evidence >= 2 * needed_evidence then 'red'
            else 'amber'
        end as severity,
        kpi_id,
        null as paying_kpi_id,
        period_grain,
        cut,
        cut_value,
        move_evidence as evidence,
        period_start_date as since_date

    from moved
    where
        move_evidence >= needed_evidence
        -- what got better alarms nobody
        and coalesce(direction != moves, true)
    union all
    select
        'pair' as kind,
        'red' as severity,
        flattered.kpi_id,
        paying.kpi_id as paying_kpi_id,
        flattered.period_grain,
        flattered.cut,
        flattered.cut_value,
        least(flattered.move_evidence, paying.move_evidence) as evidence,
        flattered.period_start_date as since_date

    from moved as flattered
    inner join pairs
        on
            flattered.kpi_id = pairs.kpi_id
            and flattered.moves = pairs.moves
    inner join moved as paying
        on
            pairs.paying_kpi_id = paying.kpi_id
            and pairs.paying_moves = paying.moves
            and flattered.period_grain = paying.period_grain
            and flattered.cut = paying.cut
            and flattered.cut_value = paying.cut_value
    where
        flattered.cut = 'overall'
        and flattered.move_evidence >= 1
        and paying.move_evidence >= 1

),

ranked as (

    select
        *,
        row_number() over (
            partition by kind, kpi_id, paying_kpi_id
            order by
                (severity = 'red')::integer desc,
                evidence desc nulls last,
                (cut = 'overall')::integer desc,
                period_grain asc,
                cut asc,
                cut_value asc
        ) as prominence,
        count(*) over (partition by kind, kpi_id, paying_kpi_id) as lines_alike

    from found

),

final as (

    select
        -- keys
        concat_ws(
            '|',
            ranked.kind,
            -- what was doubtful and is now sure is news
            ranked.severity,
            ranked.kpi_id,
            ranked.paying_kpi_id,
            ranked.cut,
            ranked.cut_value,
            ranked.since_date
        ) as alert_id,
        ranked.kpi_id,
        ranked.paying_kpi_id,

        -- attributes
        ranked.kind,
        ranked.severity,
        standing.period_grain,
        ranked.cut,
        ranked.cut_value,
        concat(
            'select * from ', kpis.drill_fact,
            ' where ', kpis.drill_date_column,
            ' between date ''', standing.period_start_date,
            ''' and date ''', periods.period_end_date, '''',
            ' and ', kpis.drill_rows,
            case
                when standing.fact_column is null then ''
                else concat(
                    ' and ', standing.fact_column, ' = ''',
                    replace(standing.cut_value, '''', ''''''), ''''
                )
            end
        ) as rows_query,

        -- values
        standing.kpi_value,
        standing.interval_low,
        standing.interval_high,
        standing.sample_size,
        standing.previous_value,
        case when ranked.kind = 'threshold' then standing.red_value end as red_value,
        ranked.evidence,
        ranked.lines_alike - 1 as other_lines,

        -- dates
        standing.period_start_date,
        ranked.since_date

    from ranked
    inner join current_lines as standing
        on
            ranked.kpi_id = standing.kpi_id
            and ranked.period_grain = standing.period_grain
            and ranked.cut = standing.cut
            and ranked.cut_value = standing.cut_value
    inner join kpis on ranked.kpi_id = kpis.kpi_id
    inner join periods
        on
            standing.period_grain = periods.period_grain
            and standing.period_start_date = periods.period_start_date
    where ranked.prominence = 1

)

select * from final
