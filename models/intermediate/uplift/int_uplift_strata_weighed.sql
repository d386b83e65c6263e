{#-
    What customers without a contact do, by stratum: month and bands of matching_*.
    Those who contact us before they order are followed until then; whoever is followed
    longer counts for them too, by the inverse of the share not yet gone (the Kaplan-Meier
    estimate, as weights).
-#}

with

windows as (

    select * from {{ ref('int_uplift_windows_followed') }}

),

contacted as (

    select
        stratum_id,
        count(*) as windows_contacted

    from windows
    where is_contacted
    group by all

),

quiet as (

    select windows.*
    from windows
    inner join contacted on windows.stratum_id = contacted.stratum_id
    where not windows.is_contacted

),

exits as (

    select
        stratum_id,
        last_day_number,
        count(*) as windows,
        count(*) filter (where is_contacted_first) as contacts

    from quiet
    group by all

),

-- an order comes before a contact of the same day: it ended the window
at_risk as (

    select
        stratum_id,
        last_day_number,
        contacts,
        sum(windows) over (
            partition by stratum_id order by last_day_number desc
        ) - windows + contacts as windows_at_risk

    from exits

),

remaining as (

    select
        stratum_id,
        last_day_number,
        contacts > 0 and contacts = windows_at_risk as is_lost,
        coalesce(exp(sum(
            case
                when contacts = 0 or contacts = windows_at_risk then 0
                else ln(1 - contacts::double / windows_at_risk)
            end
        ) over (
            partition by stratum_id order by last_day_number
            rows between unbounded preceding and 1 preceding
        )), 1) as share_remaining

    from at_risk

),

-- weights are left as they are: they add up to the windows begun
weighed as (

    select
        quiet.*,
        remaining.is_lost,
        case
            when not quiet.is_contacted_first then 1 / remaining.share_remaining
        end as weight

    from quiet
    inner join remaining
        on
            quiet.stratum_id = remaining.stratum_id
            and quiet.last_day_number = remaining.last_day_number

),

summed as (

    select
        stratum_id,
        min(comparison) as comparison,
        count(*) as windows_quiet,
        count(*) filter (where is_contacted_first) as windows_contacted_first,
        count(weight) as windows_followed,
        bool_or(is_lost) as is_lost,
        sum(weight) as weight,
        sum(weight * is_ordered::integer) / sum(weight) as baseline_share,
        sum(weight * margin_amount) / sum(weight) as baseline_margin

    from weighed
    group by all

),

-- one customer's variance cannot be seen, and where all are gone nobody speaks for them
comparable as (

    select
        summed.*,
        contacted.windows_contacted,
        summed.windows_followed::double / (summed.windows_followed - 1) as correction

    from summed
    inner join contacted on summed.stratum_id = contacted.stratum_id
    where summed.windows_followed > 1 and not summed.is_lost

),

-- how far each window moves the mean of its stratum
pulls as (

    select
        weighed.customer_id,
        comparable.comparison,
        comparable.stratum_id,
        comparable.windows_contacted,
        comparable.correction,
        weighed.weight * (weighed.is_ordered::integer - comparable.baseline_share)
        / comparable.weight as share_pull,
        weighed.weight * (weighed.margin_amount - comparable.baseline_margin)
        / comparable.weight as margin_pull

    from weighed
    inner join comparable on weighed.stratum_id = comparable.stratum_id
    where weighed.weight is not null

),

variances as (

    select
        comparison,
        stratum_id,
        windows_contacted,
        sum(share_pull * share_pull) * min(correction) as share_variance,
        sum(margin_pull * margin_pull) * min(correction) as margin_variance

    from pulls
    group by all

),

customer_pulls as (

    select
        comparison,
        customer_id,
        sum(windows_contacted * sqrt(correction) * share_pull) as share_pull,
        sum(windows_contacted * sqrt(correction) * margin_pull) as margin_pull

    from pulls
    group by all

),

by_customer as (

    select
        comparison,
        sum(share_pull * share_pull) as share_variance,
        sum(margin_pull * margin_pull) as margin_variance

    from customer_pulls
    group by all

),

by_window as (

    select
        comparison,
        sum(windows_contacted * windows_contacted * share_variance) as share_variance,
        sum(windows_contacted * windows_contacted * margin_variance) as margin_variance

    from variances
    group by all

),

-- a customer's windows resemble each other: never less than if they did not
design_effects as (

    select
        by_window.comparison,
        greatest(
            coalesce(
                by_customer.share_variance / nullif(by_window.share_variance, 0), 1
            ),
            1
        ) as of_share,
        greatest(
            coalesce(
                by_customer.margin_variance / nullif(by_window.margin_variance, 0), 1
            ),
            1
        ) as of_margin

    from by_window
    inner join by_customer on by_window.comparison = by_customer.comparison

),

final as (

    select
        -- keys
        comparable.stratum_id,
        comparable.comparison,

        -- measures
        comparable.windows_contacted,
        comparable.windows_quiet,
        comparable.windows_followed,
        comparable.windows_contacted_first,
        round(comparable.baseline_share, 9) as baseline_share,
        round(comparable.baseline_margin, 6) as baseline_margin,
        round(variances.share_variance * design_effects.of_share, 12)
            as baseline_share_variance,
        round(variances.margin_variance * design_effects.of_margin, 6)
            as baseline_margin_variance

    from comparable
    inner join variances on comparable.stratum_id = variances.stratum_id
    inner join design_effects on comparable.comparison = design_effects.comparison

)

select * from final
