-- The floor: the KPI marts of a generic-only world by hand, in one script, straight from
-- landed Parquet. No layers, no tests, one pass where one is enough. Every mart it makes
-- equals the project's row for row (benchmarks/run.py compares them); the models' cost is
-- measured against its own. It takes the project's default variables, for granted: UTC
-- exports, Europe/Paris, EUR, one opening interval per site and day.
--
-- Variables: `raw` (folder raw/generic), `seeds` (folder of the seeds), `catalogue`
-- (dim_kpi as Parquet), `as_of` is never set. Agents', quality and proactive marts are not
-- computed: their inputs are not among the six entities. Nor is the uplift, and what
-- rests on it.

set TimeZone = 'UTC';
set preserve_insertion_order = false;

-- What the text of an export means ---------------------------------------------------

create or replace temp macro utc(t) as
case
    when right(t, 1) = 'Z' or (length(t) = 19 and t[17] = ':') then t::timestamp
    else make_timestamp(epoch_us(
        regexp_replace(t, ' +([+-][0-9:]+)$', '\1')::timestamptz
    ))
end;

create or replace temp macro seconds(a, b) as date_sub('second', a, b);

create or replace temp macro days(n) as n * interval '1 day';

create or replace temp macro email_of(t) as
case when t like '%_@_%' then lower(trim(t)) end;

create or replace temp macro phone_of(t) as
case
    when length(regexp_replace(replace(t, '(0)', ''), '[^0-9]', '', 'g')) >= 8
        then case
            when trim(t) like '+%'
                then regexp_replace(replace(t, '(0)', ''), '[^0-9]', '', 'g')
            else regexp_replace(
                regexp_replace(
                    regexp_replace(replace(t, '(0)', ''), '[^0-9]', '', 'g'),
                    '^0([1-9])', '33\1'
                ),
                '^00', ''
            )
        end
end;

create or replace temp macro converted(amount, currency, rate) as
(amount * case when coalesce(currency, 'EUR') = 'EUR' then 1 else rate end)
::decimal(18, 2);

create or replace temp macro share(amount, weight, so_far, total) as
coalesce(
    round(amount::double * so_far / total, 2)::decimal(18, 2)
    - round(amount::double * (so_far - weight) / total, 2)::decimal(18, 2),
    0
);

create or replace temp macro event_key(id, instant, type, actor, a, b) as
md5(concat_ws('|', id, instant, type, coalesce(actor, ''), coalesce(a, ''), coalesce(b, '')));

-- Reference ---------------------------------------------------------------------------

create or replace temp table teams as
from read_csv(getvariable('seeds') || '/teams.csv', types = {
    'team': 'varchar', 'tier': 'integer', 'site': 'varchar', 'partner': 'varchar',
    'valid_from': 'date', 'valid_to': 'date'
});
create or replace temp table sites as
from read_csv(getvariable('seeds') || '/sites.csv');
create or replace temp table channels as
from read_csv(getvariable('seeds') || '/channels.csv');
create or replace temp table channel_aliases as
select source_channel, channel
from read_csv(getvariable('seeds') || '/channel_aliases.csv', all_varchar = true)
where source_system = 'generic';
create or replace temp table team_aliases as
select source_team, team
from read_csv(getvariable('seeds') || '/team_aliases.csv', all_varchar = true)
where source_system = 'generic';
create or replace temp table reasons as
select contact_reason, journey_stage
from read_csv(getvariable('seeds') || '/contact_reasons.csv', all_varchar = true);
create or replace temp table rates as
from read_csv(getvariable('seeds') || '/currency_rates.csv', types = {
    'month_start_date': 'date', 'currency': 'varchar', 'rate': 'decimal(18, 8)'
});
create or replace temp table scales as
from read_csv(getvariable('seeds') || '/default_scales.csv');
create or replace temp table csat_scales as
from read_csv(getvariable('seeds') || '/csat_scales.csv');
create or replace temp table survey_kinds as
select distinct survey_id, survey_kind
from read_csv(getvariable('seeds') || '/survey_questions.csv', all_varchar = true);
create or replace temp table targets as
from read_csv(getvariable('seeds') || '/kpi_targets.csv', types = {
    'kpi_id': 'varchar', 'cut': 'varchar', 'cut_value': 'varchar',
    'period_grain': 'varchar', 'valid_from': 'date', 'valid_to': 'date',
    'basis': 'varchar', 'green_operator': 'varchar', 'green_value': 'decimal(18, 4)',
    'red_operator': 'varchar', 'red_value': 'decimal(18, 4)',
    'too_low_value': 'decimal(18, 4)'
});

-- What landed: the latest copy of each record, typed ------------------------------------

create or replace temp table tickets as
with raw as (
    from read_parquet(getvariable('raw') || '/contacts/*.parquet')
),
-- only ids seen twice are worth ranking
twice as (select contact_id from raw group by all having count(*) > 1),
latest as (
    from raw where contact_id not in (from twice)
    union all
    from raw where contact_id in (from twice)
    qualify row_number() over (
        partition by contact_id order by _file desc, _line desc
    ) = 1
),
typed as (
    select
        raw.* replace (
            lower(raw.status) as status,
            coalesce(raw.escalated::boolean, false) as escalated,
            coalesce(raw.handled_by_bot::boolean, false) as handled_by_bot,
            utc(raw.opened_at) as opened_at,
            utc(raw.first_response_at) as first_response_at,
            utc(raw.resolved_at) as resolved_at,
            utc(raw.closed_at) as closed_at
        ),
        coalesce(channel_aliases.channel, 'other') as known_channel
    from latest as raw
    left join channel_aliases on lower(raw.channel) = channel_aliases.source_channel
),
flagged as (
    select coalesce(bool_or(
        status is not null or resolved_at is not null or closed_at is not null
    ), false) as is_known
    from typed
)
select
    contact_id as id,
    customer_id as account,
    email_of(customer_email) as email,
    phone_of(customer_phone) as phone,
    'generic:' || agent_id as agent_id,
    call_id,
    order_id,
    known_channel as channel,
    reason,
    product,
    team,
    site,
    tier,
    case
        when exclusion_reason is not null then lower(exclusion_reason)
        when lower(direction) = 'outbound' then 'outbound'
    end as exclusion_reason,
    coalesce(known_channel = 'chat' and status = 'abandoned', false) as is_missed_chat,
    case
        when status = 'abandoned' then false
        when not is_known
            then first_response_at is not null or coalesce(talk_seconds::bigint, 0) > 0
        when status is not null then status in ('solved', 'closed', 'resolved')
        else resolved_at is not null or closed_at is not null
    end as is_resolved,
    not is_known as is_resolution_assumed,
    escalated,
    handled_by_bot,
    case
        when coalesce(talk_seconds, hold_seconds, wrap_seconds) is not null
            then coalesce(talk_seconds::bigint, 0) + coalesce(hold_seconds::bigint, 0)
                + coalesce(wrap_seconds::bigint, 0)
    end as handle_seconds,
    coalesce(reopened_count::bigint, 0) as reopens,
    coalesce(transferred_count::bigint, 0) as transfers,
    coalesce(converted(
        compensation_amount::decimal(18, 2), upper(typed.currency), rates.rate
    ), 0)::decimal(18, 2) as compensation_amount,
    opened_at,
    first_response_at,
    coalesce(resolved_at, closed_at) as resolved_at,
    closed_at
from typed
cross join flagged
left join rates
    on
        upper(typed.currency) = rates.currency
        and date_trunc('month', typed.opened_at)::date = rates.month_start_date;

create or replace temp table events as
select distinct
    contact_id as id,
    utc(occurred_at) as instant,
    event_type as type,
    coalesce(actor_type, 'agent') as actor_type,
    actor_type is null as is_actor_assumed,
    actor_id,
    from_value,
    to_value
from read_parquet(getvariable('raw') || '/contact_events/*.parquet');

create or replace temp table calls as
with raw as (from read_parquet(getvariable('raw') || '/calls/*.parquet')),
twice as (select call_id from raw group by all having count(*) > 1),
latest as (
    from raw where call_id not in (from twice)
    union all
    from raw where call_id in (from twice)
    qualify row_number() over (
        partition by call_id order by _file desc, _line desc
    ) = 1
),
typed as (
    select
        * replace (
            utc(started_at) as started_at, utc(answered_at) as answered_at,
            utc(ended_at) as ended_at, wait_seconds::bigint as wait_seconds,
            talk_seconds::bigint as talk_seconds, hold_seconds::bigint as hold_seconds,
            wrap_seconds::bigint as wrap_seconds
        ),
        coalesce(outcome = 'answered', false) as is_answered
    from latest
)
select
    call_id as id,
    contact_id as contact_ref,
    customer_id as account,
    phone_of(customer_phone) as phone,
    case when is_answered then 'generic:' || agent_id end as agent_id,
    coalesce(team_aliases.team, typed.team, queue) as team,
    typed.site,
    coalesce(lower(direction), 'inbound') as direction,
    outcome,
    reason,
    is_answered,
    is_answered and coalesce(resolved::boolean, true) as is_resolved,
    is_answered and resolved is null as is_resolution_assumed,
    coalesce(wait_seconds, seconds(started_at, answered_at)) as wait_seconds,
    case
        when is_answered
            then coalesce(talk_seconds, 0) + coalesce(hold_seconds, 0)
                + coalesce(wrap_seconds, 0)
        else 0
    end as handle_seconds,
    started_at,
    coalesce(answered_at, case
        when is_answered
            then started_at + coalesce(wait_seconds, 0) * interval '1 second'
    end) as answered_at,
    coalesce(
        ended_at,
        started_at + (
            coalesce(wait_seconds, 0) + coalesce(talk_seconds, 0)
            + coalesce(hold_seconds, 0)
        ) * interval '1 second'
    ) as ended_at
from typed
left join team_aliases on coalesce(typed.team, typed.queue) = team_aliases.source_team;

create or replace temp table orders_landed as
with raw as (from read_parquet(getvariable('raw') || '/orders/*.parquet')),
twice as (select order_id from raw group by all having count(*) > 1),
latest as (
    from raw where order_id not in (from twice)
    union all
    from raw where order_id in (from twice)
    qualify row_number() over (
        partition by order_id order by _file desc, _line desc
    ) = 1
),
typed as (
    select
        * replace (
            coalesce(lower(status), 'paid') as status, upper(currency) as currency,
            net_amount::decimal(18, 2) as net_amount, utc(ordered_at) as ordered_at
        )
    from latest
)
select
    order_id as id,
    customer_id as account,
    email_of(customer_email) as email,
    phone_of(customer_phone) as phone,
    product_category,
    region,
    referral_code,
    status,
    agent_id is not null as is_upsell,
    converted(net_amount, typed.currency, rate) as net_amount,
    converted(cost_amount::decimal(18, 2), typed.currency, rate) as cost_amount,
    converted(
        coalesce(shipping_cost_amount::decimal(18, 2), 0), typed.currency, rate
    ) as shipping_amount,
    converted(
        coalesce(payment_fee_amount::decimal(18, 2), 0), typed.currency, rate
    ) as fee_amount,
    converted(
        coalesce(
            refunded_amount::decimal(18, 2),
            case when status = 'refunded' then net_amount else 0 end
        ),
        typed.currency, rate
    ) as refunded_amount,
    ordered_at
from typed
left join rates
    on
        typed.currency = rates.currency
        and date_trunc('month', ordered_at)::date = rates.month_start_date;

create or replace temp table answers_landed as
with raw as (from read_parquet(getvariable('raw') || '/survey_responses/*.parquet')),
latest as (
    from raw
    qualify row_number() over (
        partition by response_id, question_type, dimension
        order by _file desc, _line desc
    ) = 1
)
select
    concat_ws(':', 'generic', response_id, raw.question_type, dimension) as answer_id,
    response_id,
    raw.survey_id,
    coalesce(survey_kind, 'service') as survey_kind,
    raw.question_type,
    dimension,
    contact_id as reference,
    customer_id as account,
    email_of(customer_email) as email,
    'generic:' || agent_id as agent_id,
    score::decimal(18, 4) as score,
    coalesce(raw.scale_min::decimal(18, 4), scales.scale_min)::decimal(18, 4) as low,
    coalesce(raw.scale_max::decimal(18, 4), scales.scale_max)::decimal(18, 4) as high,
    coalesce(raw.scale_direction, scales.scale_direction) as direction,
    utc(responded_at) as answered_at
from latest as raw
left join survey_kinds on raw.survey_id = survey_kinds.survey_id
left join scales on raw.question_type = scales.question_type;

create or replace temp table ledger as
select
    period_month::date as month_start_date,
    case
        when lower(category) in ('salaries', 'outsourcing') then 'agent_time'
        else 'overhead'
    end as driver,
    team,
    site,
    partner,
    converted(amount::decimal(18, 2), upper(raw.currency), rate) as amount
from read_parquet(getvariable('raw') || '/support_costs/*.parquet') as raw
left join rates
    on
        upper(raw.currency) = rates.currency
        and raw.period_month::date = rates.month_start_date;

-- Who is who: numbered in the order of the project's customer_id ------------------------

create or replace temp table people as
with identities as (
    select account, email, phone from tickets
    union
    select account, null, phone from calls
    union
    select account, email, null from answers_landed
    union
    select account, email, phone from orders_landed
),
accounts as (
    select
        account,
        case when count(distinct email) = 1 then min(email) end as email,
        case when count(distinct phone) = 1 then min(phone) end as phone
    from identities
    where account is not null
    group by all
),
reached as (
    select
        identities.*,
        coalesce(identities.email, accounts.email) as known_email,
        coalesce(identities.phone, accounts.phone) as known_phone
    from identities
    left join accounts using (account)
    where coalesce(account, identities.email, identities.phone) is not null
),
phones as (
    select
        known_phone, count(distinct known_email) as emails, min(known_email) as email
    from reached
    where known_phone is not null
    group by all
),
named as (
    select
        reached.account,
        reached.email,
        reached.phone,
        md5(case
            when coalesce(known_email, case when emails = 1 then phones.email end)
                is not null
                then 'email|' || md5('savoir' || coalesce(known_email, phones.email))
            when emails = 0 or account is null
                then 'phone|' || md5('savoir' || known_phone)
            else 'account|generic|' || account
        end) as customer_id
    from reached
    left join phones using (known_phone)
)
select
    account, email, phone, dense_rank() over (order by customer_id)::integer as person
from named;

-- What happened inside a contact ---------------------------------------------------------

create or replace temp table begun as
select id, min(instant) filter (where type = 'customer_reply') as first_message_at
from events group by all;

create or replace temp table told as
with firsts as (
    select
        events.id,
        any_value(first_message_at) as first_message_at,
        min(instant) filter (
            where type = 'public_reply' and actor_type = 'agent' and actor_id is not null
        ) as first_agent_at,
        min(instant) filter (
            where type = 'public_reply' and actor_type = 'agent'
            and (first_message_at is null or instant >= first_message_at)
        ) as first_response_at,
        count(*) filter (
            where type = 'public_reply' and actor_type = 'agent'
            and (first_message_at is null or instant >= first_message_at)
        ) as human_replies,
        count(*) filter (where type = 'public_reply' and actor_type = 'bot')
            as bot_replies,
        min(instant) filter (where type = 'solved') as first_solved_at,
        max(instant) filter (where type = 'solved') as solved_at,
        max(instant) filter (where type = 'closed') as closed_at,
        max(instant) as last_event_at
    from events
    inner join begun using (id)
    group by all
),
first_agents as (
    select
        id, 'generic:' || arg_min(actor_id, event_key(
            id, instant, type, actor_id, from_value, to_value
        )) as agent_id
    from events
    inner join firsts using (id)
    where instant = first_agent_at and type = 'public_reply' and actor_type = 'agent'
        and actor_id is not null
    group by all
),
handovers as (
    select
        events.*,
        case events.type
            when 'team_changed' then after.tier - before.tier
            else try_cast(to_value as integer) - try_cast(from_value as integer)
        end as tiers_up
    from events
    left join teams as before
        on
            from_value = before.team
            and timezone('Europe/Paris', instant::timestamptz)::date
            between before.valid_from and before.valid_to
    left join teams as after
        on
            to_value = after.team
            and timezone('Europe/Paris', instant::timestamptz)::date
            between after.valid_from and after.valid_to
    where
        events.type in ('team_changed', 'tier_changed')
        and actor_type = 'agent' and from_value != to_value
),
handed_over as (
    select
        id,
        min_by(from_value, row(
            instant, event_key(id, instant, type, actor_id, from_value, to_value)
        )) filter (where type = 'team_changed') as first_team,
        count(*) filter (where coalesce(tiers_up, 0) = 0) as transfers,
        count(*) filter (where tiers_up > 0) as escalations
    from handovers
    group by all
),
bots as (
    select events.id, max(instant) as handed_over_at
    from events
    inner join firsts using (id)
    left join tickets on events.id = tickets.id
    where
        actor_type = 'bot'
        and instant
        <= coalesce(tickets.first_response_at, firsts.first_response_at, instant)
    group by all
),
asked as (
    select
        id,
        case when arg_min(actor_type, row(
            instant, event_key(id, instant, type, actor_id, from_value, to_value)
        )) = 'agent' then any_value(first_message_at) end as asked_at
    from events
    inner join begun using (id)
    where type = 'opened'
    group by all
)
select firsts.*, agent_id, first_team, transfers, escalations, handed_over_at, asked_at
from firsts
left join asked using (id)
left join first_agents using (id)
left join handed_over using (id)
left join bots using (id);

-- A status lasts until the next one; done and not done is all the backlog asks.
create or replace temp table statuses as
select
    id,
    instant,
    to_value,
    type,
    type in ('solved', 'closed') as is_done,
    lag(type in ('solved', 'closed')) over history as was_done,
    lag(instant) over history as previous_at,
    lead(instant) over history as next_at
from events
where type in ('opened', 'status_changed', 'solved', 'reopened', 'closed')
window history as (
    partition by id
    order by instant, event_key(id, instant, type, actor_id, from_value, to_value)
);

create or replace temp table moved as
select
    statuses.id,
    sum(seconds(instant, least(next_at, coalesce(solved_at, resolved_at)))) filter (
        where to_value = 'pending' and instant < coalesce(solved_at, resolved_at)
    ) as pending_seconds,
    count(*) filter (
        where type = 'reopened' or was_done and type in ('opened', 'status_changed')
    ) as reopens
from statuses
inner join told using (id)
left join tickets using (id)
group by all;

-- Every contact once ---------------------------------------------------------------------

create or replace temp table linked as
with named as (
    select call_id, min(id) as id
    from (
        select calls.id as call_id, tickets.id
        from calls inner join tickets on calls.id = tickets.call_id
        union all
        select calls.id, tickets.id
        from calls inner join tickets on calls.contact_ref = tickets.id
    )
    group by all
),
loose_calls as (
    select calls.id, person, started_at, ended_at
    from calls
    inner join people
        on
            calls.account is not distinct from people.account
            and calls.phone is not distinct from people.phone
            and people.email is null
    where
        outcome in ('answered', 'callback', 'voicemail')
        and calls.id not in (select call_id from named)
),
loose_tickets as (
    select tickets.id, person, opened_at
    from tickets
    inner join people
        on
            tickets.account is not distinct from people.account
            and tickets.email is not distinct from people.email
            and tickets.phone is not distinct from people.phone
    where
        channel = 'phone' and call_id is null
        and tickets.id not in (select id from named)
),
pairs as (
    select
        loose_calls.id as call_id,
        loose_tickets.id,
        case
            when opened_at < started_at then seconds(opened_at, started_at)
            when opened_at > ended_at then seconds(ended_at, opened_at)
            else 0
        end as apart
    from loose_calls
    inner join loose_tickets
        on
            loose_calls.person = loose_tickets.person
            and opened_at >= started_at - interval '15 minutes'
            and opened_at <= ended_at + interval '15 minutes'
),
ranked as (
    from pairs
    qualify
        row_number() over (partition by call_id order by apart, id) = 1
        and row_number() over (partition by id order by apart, call_id) = 1
)
select call_id, id from named
union all
select call_id, id from ranked;

create or replace temp table contacts as
with talked as (
    select
        linked.id,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        min(answered_at) as answered_at,
        min_by(person, row(started_at, calls.id)) as person,
        min_by(agent_id, row(started_at, calls.id)) as agent_id,
        sum(handle_seconds)::bigint as handle_seconds,
        sum(is_answered::integer)::bigint as legs
    from linked
    inner join calls on linked.call_id = calls.id
    left join people
        on
            calls.account is not distinct from people.account
            and calls.phone is not distinct from people.phone
            and people.email is null
    group by all
),
own as (
    select
        tickets.id,
        coalesce(people.person, talked.person) as person,
        coalesce(told.agent_id, tickets.agent_id) as ticket_agent_id,
        talked.agent_id as call_agent_id,
        tickets.order_id,
        case when talked.id is not null then 'phone' else channel end as channel,
        reason,
        product,
        coalesce(first_team, team) as team,
        team as last_team,
        site,
        tier,
        exclusion_reason,
        is_resolved,
        is_resolution_assumed,
        handled_by_bot or coalesce(bot_replies, 0) > 0 as is_bot_handled,
        is_missed_chat,
        is_missed_chat as is_unattended,
        coalesce(human_replies, (
            not handled_by_bot and not is_missed_chat
            and (tickets.first_response_at is not null or is_resolved)
        )::integer)::bigint as human_replies,
        greatest(tickets.reopens, coalesce(moved.reopens, 0)) as reopens,
        greatest(tickets.transfers, coalesce(told.transfers, 0)) as transfers,
        greatest(escalated::integer, coalesce(escalations, 0)) as escalations,
        tickets.handle_seconds as ticket_seconds,
        talked.handle_seconds as call_seconds,
        coalesce(legs, 0) as call_legs,
        coalesce(pending_seconds, 0)::bigint as pending_seconds,
        compensation_amount,
        talked.answered_at,
        talked.started_at,
        talked.ended_at as call_ended_at,
        opened_at as written_at,
        asked_at,
        handed_over_at,
        coalesce(tickets.first_response_at, told.first_response_at) as responded_at,
        case
            when not is_missed_chat
                then coalesce(
                    first_solved_at, case when is_resolved then resolved_at end
                )
        end as first_solved_at,
        case when is_resolved then coalesce(solved_at, resolved_at) end as resolved_at,
        case
            when is_missed_chat then coalesce(solved_at, tickets.closed_at)
            else last_event_at
        end as last_event_at
    from tickets
    left join told using (id)
    left join moved using (id)
    left join talked using (id)
    left join people
        on
            tickets.account is not distinct from people.account
            and tickets.email is not distinct from people.email
            and tickets.phone is not distinct from people.phone
),
everything as (
    select
        id,
        null as call_id,
        person,
        case
            when answered_at <= coalesce(responded_at, answered_at)
                then coalesce(call_agent_id, ticket_agent_id)
            else coalesce(ticket_agent_id, call_agent_id)
        end as agent_id,
        order_id, channel, reason, product, team, last_team, site, tier,
        exclusion_reason, is_resolved, is_resolution_assumed, is_bot_handled,
        is_missed_chat, is_unattended, human_replies, reopens, transfers, escalations,
        ticket_seconds, call_seconds, call_legs, pending_seconds, compensation_amount,
        least(written_at, started_at) as opened_at,
        case
            when started_at is not null then started_at
            else greatest(written_at, asked_at, handed_over_at)
        end as response_started_at,
        least(responded_at, answered_at) as first_response_at,
        first_solved_at,
        resolved_at,
        case
            when is_resolved then greatest(resolved_at, call_ended_at)
            else greatest(written_at, last_event_at, call_ended_at)
        end as ended_at
    from own
    union all by name
    select
        'call-' || calls.id as id, calls.id as call_id, person, agent_id,
        'phone' as channel, reason,
        team, team as last_team, site,
        case when direction != 'inbound' then 'outbound' end as exclusion_reason,
        is_resolved, is_resolution_assumed, false as is_bot_handled,
        false as is_missed_chat, not is_answered as is_unattended, 0 as human_replies,
        0 as reopens, 0 as transfers, 0 as escalations, handle_seconds as call_seconds,
        is_answered::bigint as call_legs, 0 as pending_seconds,
        0::decimal(18, 2) as compensation_amount, started_at as opened_at,
        started_at as response_started_at, answered_at as first_response_at,
        case when is_resolved then ended_at end as first_solved_at,
        case when is_resolved then ended_at end as resolved_at, ended_at
    from calls
    left join people
        on
            calls.account is not distinct from people.account
            and calls.phone is not distinct from people.phone
            and people.email is null
    where calls.id not in (select call_id from linked)
)
-- ids sort as numbers from here on
select
    row_number() over (order by id)::integer as contact,
    everything.* replace (
        case when coalesce(exclusion_reason, '') != 'internal' then person end as person
    ),
    exclusion_reason is null as is_countable,
    not is_unattended and (human_replies > 0 or first_response_at is not null)
        as is_handled,
    coalesce(is_written, true) as is_written,
    coalesce(ticket_seconds, call_seconds) is null and human_replies > 0
        as is_time_assumed,
    coalesce(
        greatest(ticket_seconds, call_seconds),
        human_replies * assumed_handle_seconds, 0
    )::bigint as handle_seconds,
    first_response_target_seconds as target_seconds
from everything
left join channels using (channel);

-- Time: the horizon, the calendar, the local shift of every hour, the opening hours --------

create or replace temp table horizon as
select
    coalesce(max(last_at), timestamp '1970-01-01') as as_of,
    coalesce(min(first_at), timestamp '1970-01-01') as first_at
from (
    select min(opened_at) as first_at, max(greatest(opened_at, ended_at)) as last_at
    from contacts
    union all
    select min(instant), max(instant) from events
    union all
    select min(started_at), max(ended_at) from calls
    union all
    select min(answered_at), max(answered_at) from answers_landed
    union all
    select min(ordered_at), max(ordered_at) from orders_landed
);

create or replace temp table dates as
select unnest(generate_series(
    timezone('Europe/Paris', first_at::timestamptz)::date,
    timezone('Europe/Paris', greatest(first_at, as_of)::timestamptz)::date,
    interval '1 day'
))::date as date_day
from horizon;

create or replace temp table places as
select date_day, 'day' as period_grain, date_day as period_start_date from dates
union all select date_day, 'week', date_trunc('week', date_day)::date from dates
union all select date_day, 'month', date_trunc('month', date_day)::date from dates
union all select date_day, 'quarter', date_trunc('quarter', date_day)::date from dates
union all select date_day, 'year', date_trunc('year', date_day)::date from dates
union all select date_day, 'all', min(date_day) over () from dates;

create or replace temp table periods as
select
    period_grain,
    period_start_date,
    last_date,
    case period_grain
        when 'week' then (period_start_date + interval '6 days')::date
        when 'month'
            then (period_start_date + interval '1 month' - interval '1 day')::date
        when 'quarter'
            then (period_start_date + interval '3 months' - interval '1 day')::date
        when 'year' then (period_start_date + interval '1 year' - interval '1 day')::date
        else last_date
    end as period_end_date,
    case period_grain
        when 'day' then (period_start_date - interval '1 day')::date
        when 'week' then (period_start_date - interval '7 days')::date
        when 'month' then (period_start_date - interval '1 month')::date
        when 'quarter' then (period_start_date - interval '3 months')::date
        when 'year' then (period_start_date - interval '1 year')::date
    end as previous_start_date
from (
    select period_grain, period_start_date, max(date_day) as last_date
    from places group by all
);

-- one conversion an hour instead of one a row
create or replace temp table hours as
select hour, timezone('Europe/Paris', hour::timestamptz) - hour as shift
from (
    select unnest(generate_series(
        date_trunc('hour', first_at), as_of, interval '1 hour'
    )) as hour
    from horizon
);

-- Seconds open before every UTC day, and what of two intervals falls into it: then a
-- position on the business clock is one lookup by date, without a time zone in sight.
create or replace temp table clock as
with opened as (
    select
        sites.site,
        timezone('UTC', timezone(sites.timezone, local_date + opens_at)) as opens_at,
        timezone('UTC', timezone(sites.timezone, local_date + closes_at)) as closes_at
    from sites
    cross join (
        select unnest(generate_series(
            (first_at - interval '2 days')::date, (as_of + interval '2 days')::date,
            interval '1 day'
        ))::date as local_date
        from horizon
    )
    inner join (
        select
            site, iso_weekday, valid_from::date as valid_from, valid_to::date as valid_to,
            opens_at::varchar::interval as opens_at,
            closes_at::varchar::interval as closes_at
        from read_csv(getvariable('seeds') || '/business_hours.csv', all_varchar = true)
    ) as hours
        on
            sites.site = hours.site
            and isodow(local_date) = hours.iso_weekday::integer
            and local_date between valid_from and valid_to
    left join read_csv(getvariable('seeds') || '/holidays.csv', types = {
        'site': 'varchar', 'holiday_date': 'date', 'label': 'varchar'
    }) as holidays
        on sites.site = holidays.site and local_date = holiday_date
    where holiday_date is null
),
pieces as (
    select
        site,
        unnest([opens_at::date, opens_at::date + 1, opens_at::date + 2]) as utc_day,
        greatest(opens_at, utc_day::timestamp) as opens_at,
        least(closes_at, utc_day + interval '1 day') as closes_at
    from opened
),
daily as (
    select distinct site, utc_day, opens_at, closes_at
    from pieces where closes_at > opens_at
),
summed as (
    select
        site,
        utc_day,
        min(opens_at) as first_opens_at,
        arg_min(seconds(opens_at, closes_at), opens_at) as first_seconds,
        max(opens_at) as last_opens_at,
        case
            when count(*) > 1 then arg_max(seconds(opens_at, closes_at), opens_at)
            else 0
        end as last_seconds,
        sum(seconds(opens_at, closes_at)) as open_seconds
    from daily
    group by all
)
select
    sites.site,
    utc_day,
    coalesce(sum(open_seconds) over so_far, 0) - coalesce(open_seconds, 0) as before,
    first_opens_at,
    first_seconds,
    last_opens_at,
    last_seconds
from sites
cross join (
    select unnest(generate_series(
        (first_at - interval '2 days')::date, (as_of + interval '2 days')::date,
        interval '1 day'
    ))::date as utc_day
    from horizon
)
left join summed using (site, utc_day)
window so_far as (partition by sites.site order by utc_day);

create or replace temp macro open_until(clock, instant) as
clock.before
+ coalesce(least(greatest(seconds(clock.first_opens_at, instant), 0), clock.first_seconds), 0)
+ coalesce(least(greatest(seconds(clock.last_opens_at, instant), 0), clock.last_seconds), 0);

-- Orders: what each earned, and what its customer had bought before --------------------------

create or replace temp table valued as
with goodwill as (
    select order_id as id, sum(compensation_amount) as goodwill_amount
    from contacts
    where order_id is not null and is_countable
    group by all
)
select
    row_number() over (order by orders.id)::integer as order_number,
    orders.id,
    person,
    product_category,
    region,
    referral_code,
    is_upsell,
    net_amount,
    (
        net_amount - cost_amount - shipping_amount - fee_amount
        - greatest(refunded_amount - coalesce(goodwill_amount, 0), 0)
    )::decimal(18, 2) as margin_amount,
    coalesce(
        status in ('paid', 'refunded') and net_amount - refunded_amount > 0, false
    ) as is_valid,
    ordered_at,
    (ordered_at + shift)::date as ordered_date
from orders_landed as orders
left join people
    on
        orders.account is not distinct from people.account
        and orders.email is not distinct from people.email
        and orders.phone is not distinct from people.phone
left join goodwill on orders.id = goodwill.id
left join hours on date_trunc('hour', ordered_at) = hour;

-- deciles of margin to date, drawn anew at the start of each quarter
create or replace temp table bands as
with earned as (
    select
        person,
        (date_trunc('quarter', ordered_date) + interval '3 months')::date as quarter,
        sum(margin_amount) as margin_amount
    from valued
    where is_valid and person is not null and margin_amount is not null
    group by all
),
to_date as (
    select
        person,
        quarters.quarter,
        sum(margin_amount) over (
            partition by person order by quarters.quarter rows unbounded preceding
        ) as margin_to_date
    from (select person, min(quarter) as first_quarter from earned group by all)
    inner join (
        select distinct date_trunc('quarter', date_day)::date as quarter from dates
    ) as quarters on quarters.quarter >= first_quarter
    left join earned using (person, quarter)
)
select
    person,
    quarter,
    'decile ' || lpad(ntile(10) over (
        partition by quarter order by coalesce(margin_to_date, 0), person
    )::varchar, 2, '0') as value_band
from to_date;

create or replace temp table customers as
select
    person,
    arg_max(region, row(ordered_at, order_number)) filter (where region is not null)
        as region,
    any_value(latest.value_band) as value_band,
    min(ordered_at) filter (where is_valid) as first_order_at
from valued
left join (
    select person, arg_max(value_band, quarter) as value_band from bands group by all
) as latest using (person)
where person is not null
group by all;

create or replace temp table valid_orders as
select
    *,
    count(*) over history as orders_so_far,
    lead(ordered_at) over (
        partition by person order by ordered_at, order_number
    ) as next_ordered_at,
    row_number() over (partition by person order by ordered_at, order_number) = 1
        as is_first,
    sum(coalesce(margin_amount, 0)) over (
        partition by person order by ordered_at, order_number
        rows unbounded preceding
    ) as margin_so_far
from valued
where is_valid and person is not null
window history as (partition by person order by ordered_at);

-- Issues: chains of one customer's contacts, for five windows in one sort --------------------

create or replace temp table chained as
with ordered as (
    select
        contact,
        person,
        opened_at,
        ended_at,
        max(ended_at) over (
            history rows between unbounded preceding and 1 preceding
        ) as previous_end,
        max(ended_at) over (
            history rows between unbounded preceding and current row
        ) as end_so_far,
        lead(opened_at) over history as next_opened_at
    from contacts
    where is_countable and person is not null
    window history as (partition by person order by opened_at, contact)
),
parted as (
    select
        *,
        coalesce(opened_at > previous_end + days(1), true) as is_first_1d,
        coalesce(opened_at > previous_end + days(3), true) as is_first_3d,
        coalesce(opened_at > previous_end + days(7), true) as is_first_7d,
        coalesce(opened_at > previous_end + days(14), true) as is_first_14d,
        coalesce(opened_at > previous_end + days(30), true) as is_first_30d,
        is_first_1d and coalesce(next_opened_at > end_so_far + days(1), true) as is_alone_1d,
        is_first_3d and coalesce(next_opened_at > end_so_far + days(3), true) as is_alone_3d,
        is_first_7d and coalesce(next_opened_at > end_so_far + days(7), true) as is_alone_7d,
        is_first_14d and coalesce(next_opened_at > end_so_far + days(14), true) as is_alone_14d,
        is_first_30d and coalesce(next_opened_at > end_so_far + days(30), true) as is_alone_30d,
        is_first_7d as is_first_of_issue
    from ordered
)
select
    *,
    last_value(case when is_first_of_issue then contact end ignore nulls) over history
        as issue
from parted
window history as (
    partition by person order by opened_at, contact
    rows between unbounded preceding and current row
);

-- The facts, each with what it is cut by -----------------------------------------------------

create or replace temp table facts as
with timed as (
    select
        contacts.*,
        h.shift as opened_shift,
        (contacts.opened_at + h.shift)::date as opened_date,
        as_of
    from contacts
    cross join horizon
    left join hours as h on date_trunc('hour', contacts.opened_at) = h.hour
),
bought as (
    select contact, orders_so_far, first_order_at
    from timed
    inner join customers using (person)
    asof inner join valid_orders
        on timed.person = valid_orders.person
        and timed.opened_at > valid_orders.ordered_at
),
bought_long_ago as (
    select contact, orders_so_far
    from (select contact, person, opened_at - days(365) as year_ago from timed) as timed
    asof inner join valid_orders
        on timed.person = valid_orders.person
        and timed.year_ago >= valid_orders.ordered_at
),
described as (
    select
        timed.contact,
        timed.id,
        timed.person,
        timed.last_team,
        coalesce(channel, 'unknown') as channel,
        coalesce(timed.reason, 'unknown') as contact_reason,
        coalesce(journey_stage, 'unknown') as journey_stage,
        coalesce(timed.product, valued.product_category, 'unknown') as product,
        coalesce(timed.team, 'unknown') as team,
        coalesce(teams.tier::varchar, timed.tier, 'unknown') as tier,
        coalesce(teams.site, timed.site, 'unknown') as site,
        coalesce(teams.partner, 'unknown') as partner,
        coalesce(agent_id, 'unknown') as agent,
        coalesce(customers.region, 'unknown') as region,
        case
            when timed.person is null then 'unknown'
            when bought.contact is null then 'prospect'
            when bought.orders_so_far = 1 then 'new'
            else 'returning'
        end as segment,
        coalesce(bands.value_band, 'unknown') as value_band,
        case
            when timed.person is null then 'unknown'
            when bought.contact is null then 'no order yet'
            when opened_at <= bought.first_order_at + days(90) then 'up to 90 days'
            when opened_at <= bought.first_order_at + days(365)
                then '91 to 365 days'
            else 'over a year'
        end as tenure_band,
        case
            when timed.person is null then 'unknown'
            when coalesce(bought.orders_so_far, 0)
                = coalesce(bought_long_ago.orders_so_far, 0) then 'no order'
            when bought.orders_so_far - coalesce(bought_long_ago.orders_so_far, 0) = 1
                then '1 order'
            when bought.orders_so_far - coalesce(bought_long_ago.orders_so_far, 0) <= 3
                then '2 to 3 orders'
            else '4 orders or more'
        end as frequency_band,
        lpad(extract('hour' from opened_at + opened_shift)::varchar, 2, '0')
            as local_hour,
        extract('isodow' from opened_at + opened_shift)::varchar as weekday,
        opened_date,
        coalesce(sites.site, 'Lyon') as clock_site,
        is_countable, is_resolved, is_resolution_assumed, is_written, is_handled,
        is_unattended, is_missed_chat, is_bot_handled, is_time_assumed, human_replies,
        reopens, transfers, escalations, call_legs,
        coalesce(call_seconds, 0) as call_seconds, timed.handle_seconds,
        pending_seconds, target_seconds, compensation_amount, opened_at,
        coalesce(response_started_at, opened_at) as response_started_at,
        first_response_at, first_solved_at, resolved_at, ended_at, as_of,
        is_bot_handled and is_resolved and human_replies = 0 as is_bot_settled,
        is_resolved and reopens = 0 and escalations = 0 and transfers = 0
            as is_settled_at_once
    from timed
    left join teams
        on timed.team = teams.team and opened_date between valid_from and valid_to
    left join sites on coalesce(teams.site, timed.site) = sites.site
    left join reasons on timed.reason = reasons.contact_reason
    left join valued on timed.order_id = valued.id
    left join customers on timed.person = customers.person
    left join bands
        on
            timed.person = bands.person
            and date_trunc('quarter', opened_date)::date = bands.quarter
    left join bought on timed.contact = bought.contact
    left join bought_long_ago on timed.contact = bought_long_ago.contact
),
clocked as (
    select
        described.*,
        chained.person is not null as is_chained,
        next_opened_at,
        is_first_1d,
        is_first_3d,
        is_first_7d,
        is_first_14d,
        is_first_30d,
        is_alone_1d,
        is_alone_3d,
        is_alone_7d,
        is_alone_14d,
        is_alone_30d,
        issue,
        seconds(response_started_at, first_response_at) as first_response_seconds,
        case
            when first_response_at is not null
                then open_until(responded, first_response_at)
                    - open_until(started, response_started_at)
        end::bigint as first_response_business_seconds,
        seconds(described.opened_at, resolved_at) as resolution_seconds,
        case
            when resolved_at is not null
                then open_until(resolved, resolved_at)
                    - open_until(opened, described.opened_at)
        end::bigint as resolution_business_seconds,
        (first_solved_at + fs.shift)::date as first_solved_date,
        (resolved_at + rs.shift)::date as resolved_date,
        (described.ended_at + es.shift)::date as ended_date
    from described
    left join chained using (contact)
    left join hours as fs on date_trunc('hour', first_solved_at) = fs.hour
    left join hours as rs on date_trunc('hour', resolved_at) = rs.hour
    left join hours as es on date_trunc('hour', described.ended_at) = es.hour
    left join clock as opened
        on clock_site = opened.site and described.opened_at::date = opened.utc_day
    left join clock as started
        on clock_site = started.site and response_started_at::date = started.utc_day
    left join clock as responded
        on clock_site = responded.site and first_response_at::date = responded.utc_day
    left join clock as resolved
        on clock_site = resolved.site and resolved_at::date = resolved.utc_day
)
select
    *,
    is_countable and is_bot_handled and person is not null
    and ended_at + days(7) <= as_of as is_automation_eligible,
    is_automation_eligible and is_bot_settled
    and coalesce(next_opened_at > ended_at + days(7), true) as is_automated,
    coalesce(
        is_countable and is_written and target_seconds is not null and (
            first_response_at is not null
            or (
                not is_bot_settled
                and response_started_at + target_seconds * interval '1 second' <= as_of
            )
        ), false
    ) as is_first_response_due,
    is_first_response_due and coalesce(first_response_seconds <= target_seconds, false)
        as is_first_response_in_target,
    is_countable and not is_unattended
    and (is_resolved or opened_at + interval '24 hours' <= as_of) as is_resolution_due,
    is_resolution_due and is_resolved
    and coalesce(resolution_seconds <= 86400, false) as is_resolution_in_target,
    resolution_seconds - pending_seconds as resolution_net_seconds
from clocked;

create or replace temp table call_facts as
select
    (started_at + shift)::date as date_day,
    'phone' as channel,
    coalesce(calls.reason, facts.contact_reason) as contact_reason,
    facts.journey_stage,
    facts.product,
    coalesce(calls.team, 'unknown') as team,
    coalesce(teams.tier::varchar, 'unknown') as tier,
    coalesce(teams.site, calls.site, 'unknown') as site,
    coalesce(teams.partner, 'unknown') as partner,
    coalesce(calls.agent_id, 'unknown') as agent,
    facts.region,
    facts.segment,
    facts.value_band,
    facts.tenure_band,
    facts.frequency_band,
    lpad(extract('hour' from started_at + shift)::varchar, 2, '0') as local_hour,
    extract('isodow' from started_at + shift)::varchar as weekday,
    is_answered,
    outcome is not distinct from 'abandoned' as is_abandoned,
    coalesce(wait_seconds <= 5, false) as is_short,
    coalesce(wait_seconds <= 20, false) as is_in_time,
    wait_seconds
from calls
left join linked on calls.id = linked.call_id
inner join facts on coalesce(linked.id, 'call-' || calls.id) = facts.id
left join hours on date_trunc('hour', started_at) = hour
left join teams
    on
        calls.team = teams.team
        and (started_at + shift)::date between valid_from and valid_to
where calls.direction = 'inbound' and facts.is_countable;

-- Costs, to the cent: differences of rounded running shares ----------------------------------

create or replace temp table costed as
with dated as (
    select
        contact,
        last_team as team,
        handle_seconds,
        compensation_amount,
        date_trunc('month', opened_date)::date as month_start_date
    from facts where is_countable
),
staffed as (select distinct month_start_date, team from dated),
scoped as (
    select ledger.month_start_date, staffed.team, driver, amount
    from ledger left join staffed using (month_start_date, team)
),
pools as (
    select
        month_start_date,
        team,
        coalesce(sum(amount) filter (where driver = 'agent_time'), 0) as agent_pool,
        coalesce(sum(amount) filter (where driver = 'overhead'), 0) as overhead_pool
    from scoped group by all
),
weighed as (
    select
        *,
        case
            when sum(handle_seconds) over (partition by month_start_date) > 0
                then handle_seconds else 1
        end as month_weight,
        case
            when sum(handle_seconds) over (partition by month_start_date, team) > 0
                then handle_seconds else 1
        end as team_weight
    from dated
),
running as (
    select
        *,
        sum(month_weight) over (
            partition by month_start_date order by contact rows unbounded preceding
        ) as month_so_far,
        sum(month_weight) over (partition by month_start_date) as month_weights,
        row_number() over (partition by month_start_date order by contact)
            as month_number,
        count(*) over (partition by month_start_date) as month_contacts,
        sum(team_weight) over (
            partition by month_start_date, team
            order by contact rows unbounded preceding
        ) as team_so_far,
        sum(team_weight) over (partition by month_start_date, team) as team_weights,
        row_number() over (partition by month_start_date, team order by contact)
            as team_number,
        count(*) over (partition by month_start_date, team) as team_contacts
    from weighed
)
select
    contact,
    running.month_start_date,
    coalesce(running.month_start_date in (select month_start_date from ledger), false) as is_costed,
    (
        share(shared.agent_pool, month_weight, month_so_far, month_weights)
        + share(own.agent_pool, team_weight, team_so_far, team_weights)
    )::decimal(18, 2) as agent_amount,
    (
        share(shared.overhead_pool, 1, month_number, month_contacts)
        + share(own.overhead_pool, 1, team_number, team_contacts)
    )::decimal(18, 2) as overhead_amount,
    compensation_amount,
    (agent_amount + overhead_amount + compensation_amount)::decimal(18, 2) as amount
from running
left join (from pools where team is null) as shared
    on running.month_start_date = shared.month_start_date
left join (from pools where team is not null) as own
    on
        running.month_start_date = own.month_start_date
        and running.team = own.team;

-- Issues, and the orders that followed them ---------------------------------------------------

create or replace temp table issues as
select
    chained.issue,
    any_value(chained.person) as person,
    count(*) as contacts,
    arg_max(is_resolved, row(chained.opened_at, contact)) as is_resolved,
    min(chained.opened_at) as opened_at,
    max(chained.ended_at) as ended_at,
    sum(amount)::decimal(18, 2) as amount,
    bool_and(is_costed) as is_costed
from chained
inner join facts using (contact)
left join costed using (contact)
group by all;

create or replace temp table followed as
select
    order_number,
    issues.issue,
    valid_orders.ordered_at,
    valid_orders.margin_amount,
    valid_orders.ordered_at <= issues.ended_at + days(30) as is_credited
from valid_orders
asof inner join (
    select person, ended_at, min(issue) as issue from issues group by all
) as issues
    on
        valid_orders.person = issues.person
        and valid_orders.ordered_at > issues.ended_at
where valid_orders.ordered_at <= issues.ended_at + days(90);

create or replace temp table issue_facts as
with repurchases as (
    select issue, min(ordered_at) as followed_at, bool_or(is_credited) as is_credited
    from followed group by all
)
select
    facts.channel,
    facts.contact_reason,
    facts.journey_stage,
    facts.product,
    facts.team,
    facts.tier,
    facts.site,
    facts.partner,
    facts.agent,
    facts.region,
    facts.segment,
    facts.value_band,
    facts.tenure_band,
    facts.frequency_band,
    facts.local_hour,
    facts.weekday,
    facts.opened_date,
    (issues.ended_at + shift)::date as ended_date,
    facts.ended_at + days(7) <= as_of as is_fcr_eligible,
    facts.is_settled_at_once and contacts = 1 as is_settled,
    contacts > 1 as is_repeated,
    coalesce(first_order_at < issues.opened_at, false) as has_earlier_order,
    issues.ended_at,
    as_of,
    followed_at,
    coalesce(is_credited, false) as is_credited,
    issues.is_resolved and coalesce(issues.is_costed, false) as is_costed_resolution,
    coalesce(amount, 0) as amount
from issues
inner join facts on issues.issue = facts.contact
left join customers on issues.person = customers.person
left join repurchases on issues.issue = repurchases.issue
left join hours on date_trunc('hour', issues.ended_at) = hour;

-- The daily marts ------------------------------------------------------------------------------

create or replace table kpi_contacts_daily as
select
    opened_date as date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
    weekday,
    count(*) as contacts_landed,
    count(*) filter (where is_countable) as contacts,
    count(*) filter (where not is_countable) as contacts_excluded,
    count(*) filter (where is_countable and person is not null) as contacts_identified,
    count(*) filter (where is_countable and is_resolved) as contacts_resolved,
    count(*) filter (where is_countable and is_resolved and is_resolution_assumed)
        as contacts_assumed_resolved,
    count(*) filter (where is_countable and is_handled) as contacts_handled,
    count(*) filter (where is_countable and is_handled and transfers > 0)
        as contacts_transferred,
    count(*) filter (where is_countable and tier = '1') as contacts_tier_1,
    count(*) filter (where is_countable and tier = '1' and escalations > 0)
        as contacts_escalated,
    count(*) filter (where is_automation_eligible) as contacts_automation_eligible,
    count(*) filter (where is_automated) as contacts_automated
from facts
group by all;

create or replace table kpi_response_and_resolution_daily as
with opened as (
    select
        opened_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        count(*) filter (where is_first_response_due) as contacts_first_response_due,
        count(*) filter (where is_first_response_in_target)
            as contacts_first_response_in_target,
        count(first_response_seconds) filter (where is_written) as contacts_answered,
        sum(first_response_seconds) filter (where is_written) as first_response_seconds,
        sum(first_response_seconds::decimal(38, 0) * first_response_seconds) filter (
            where is_written
        ) as first_response_squared,
        sum(first_response_business_seconds) filter (where is_written)
            as first_response_business_seconds,
        sum(
            first_response_business_seconds::decimal(38, 0)
            * first_response_business_seconds
        ) filter (where is_written) as first_response_business_squared,
        count(*) filter (where is_resolution_due) as contacts_resolution_due,
        count(*) filter (where is_resolution_in_target) as contacts_resolution_in_target
    from facts where is_countable group by all
),
solved as (
    select
        resolved_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        count(*) as contacts_with_resolution_time,
        sum(resolution_seconds) as resolution_seconds,
        sum(resolution_seconds::decimal(38, 0) * resolution_seconds)
            as resolution_squared,
        sum(resolution_business_seconds) as resolution_business_seconds,
        sum(resolution_business_seconds::decimal(38, 0) * resolution_business_seconds)
            as resolution_business_squared,
        sum(resolution_net_seconds) as resolution_net_seconds,
        sum(resolution_net_seconds::decimal(38, 0) * resolution_net_seconds)
            as resolution_net_squared,
        count(*) filter (where is_written and not is_bot_settled)
            as contacts_solved_in_writing,
        count(*) filter (
            where is_written and not is_bot_settled and human_replies = 1
            and reopens = 0
        ) as contacts_one_touch
    from facts
    where is_countable and is_resolved and resolved_date is not null
    group by all
),
first_solved as (
    select
        first_solved_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        count(*) as contacts_ever_solved,
        count(*) filter (where reopens > 0) as contacts_reopened
    from facts
    where is_countable and first_solved_date is not null and not is_resolution_assumed
    group by all
),
ended as (
    select
        ended_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        count(*) as contacts_timed,
        sum(handle_seconds) as handle_seconds,
        sum(handle_seconds::decimal(38, 0) * handle_seconds) as handle_squared,
        sum(call_legs) as call_legs,
        sum(call_seconds) as leg_seconds
    from facts
    where is_countable and is_handled and handle_seconds > 0 and not is_time_assumed
    group by all
),
lines as (
    from opened
    union all by name from solved
    union all by name from first_solved
    union all by name from ended
)
select
    date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
    weekday,
    coalesce(sum(contacts_first_response_due), 0)::bigint as contacts_first_response_due,
    coalesce(sum(contacts_first_response_in_target), 0)::bigint as contacts_first_response_in_target,
    coalesce(sum(contacts_answered), 0)::bigint as contacts_answered,
    coalesce(sum(first_response_seconds), 0)::bigint as first_response_seconds,
    coalesce(sum(first_response_business_seconds), 0)::bigint as first_response_business_seconds,
    coalesce(sum(contacts_resolution_due), 0)::bigint as contacts_resolution_due,
    coalesce(sum(contacts_resolution_in_target), 0)::bigint as contacts_resolution_in_target,
    coalesce(sum(contacts_with_resolution_time), 0)::bigint as contacts_with_resolution_time,
    coalesce(sum(resolution_seconds), 0)::bigint as resolution_seconds,
    coalesce(sum(resolution_business_seconds), 0)::bigint as resolution_business_seconds,
    coalesce(sum(resolution_net_seconds), 0)::bigint as resolution_net_seconds,
    coalesce(sum(contacts_solved_in_writing), 0)::bigint as contacts_solved_in_writing,
    coalesce(sum(contacts_one_touch), 0)::bigint as contacts_one_touch,
    coalesce(sum(contacts_ever_solved), 0)::bigint as contacts_ever_solved,
    coalesce(sum(contacts_reopened), 0)::bigint as contacts_reopened,
    coalesce(sum(contacts_timed), 0)::bigint as contacts_timed,
    coalesce(sum(handle_seconds), 0)::bigint as handle_seconds,
    coalesce(sum(call_legs), 0)::bigint as call_legs,
    coalesce(sum(leg_seconds), 0)::bigint as leg_seconds,
    coalesce(sum(first_response_squared), 0)::decimal(38, 4) as first_response_squared,
    coalesce(sum(first_response_business_squared), 0)::decimal(38, 4) as first_response_business_squared,
    coalesce(sum(resolution_squared), 0)::decimal(38, 4) as resolution_squared,
    coalesce(sum(resolution_business_squared), 0)::decimal(38, 4) as resolution_business_squared,
    coalesce(sum(resolution_net_squared), 0)::decimal(38, 4) as resolution_net_squared,
    coalesce(sum(handle_squared), 0)::decimal(38, 4) as handle_squared
from lines
group by all;

create or replace table kpi_telephony_daily as
with lines as (
    select
        * exclude (is_answered, is_abandoned, is_short, is_in_time, wait_seconds),
        count(*) as calls_offered,
        count(*) filter (where is_answered) as calls_answered,
        count(*) filter (where is_abandoned) as calls_abandoned,
        count(*) filter (where is_abandoned and is_short) as calls_short_abandoned,
        count(*) filter (where is_answered and is_in_time) as calls_answered_in_time,
        count(*) filter (where is_abandoned and is_in_time) as calls_abandoned_in_time,
        sum(wait_seconds) filter (where is_answered) as answered_wait_seconds,
        sum(wait_seconds * wait_seconds) filter (where is_answered)
            as answered_wait_squared
    from call_facts group by all
    union all by name
    select
        opened_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        count(*) as chats_offered,
        count(*) filter (where is_missed_chat) as chats_abandoned,
        count(*) filter (
            where is_missed_chat and seconds(response_started_at, ended_at) <= 5
        ) as chats_short_abandoned
    from facts
    where is_countable and channel = 'chat' and not is_bot_settled
    group by all
),
summed as (
    select
        date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        coalesce(sum(calls_offered), 0)::bigint as calls_offered,
        coalesce(sum(calls_answered), 0)::bigint as calls_answered,
        coalesce(sum(calls_abandoned), 0)::bigint as calls_abandoned,
        coalesce(sum(calls_short_abandoned), 0)::bigint as calls_short_abandoned,
        coalesce(sum(calls_answered_in_time), 0)::bigint as calls_answered_in_time,
        coalesce(sum(calls_abandoned_in_time), 0)::bigint as calls_abandoned_in_time,
        coalesce(sum(answered_wait_seconds), 0)::bigint as answered_wait_seconds,
        coalesce(sum(chats_offered), 0)::bigint as chats_offered,
        coalesce(sum(chats_abandoned), 0)::bigint as chats_abandoned,
        coalesce(sum(chats_short_abandoned), 0)::bigint as chats_short_abandoned,
        coalesce(sum(answered_wait_squared), 0)::decimal(38, 4) as answered_wait_squared
    from lines group by all
)
select
    date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
    weekday,
    calls_offered,
    calls_answered,
    calls_abandoned,
    calls_short_abandoned,
    calls_answered_in_time,
    calls_abandoned_in_time,
    calls_answered + calls_abandoned - calls_short_abandoned as calls_answered_or_waited,
    calls_answered + calls_abandoned as calls_answered_or_abandoned,
    calls_answered + calls_abandoned - calls_abandoned_in_time
        as calls_answered_or_abandoned_late,
    calls_answered_in_time + calls_abandoned_in_time
        as calls_answered_or_abandoned_in_time,
    calls_answered_in_time + calls_short_abandoned as calls_answered_in_time_or_short,
    answered_wait_seconds,
    answered_wait_squared,
    chats_offered,
    chats_abandoned,
    chats_short_abandoned,
    calls_offered + chats_offered as exchanges_offered,
    calls_abandoned + chats_abandoned as exchanges_abandoned,
    calls_short_abandoned + chats_short_abandoned as exchanges_short_abandoned,
    calls_offered + chats_offered - calls_short_abandoned - chats_short_abandoned
        as exchanges_offered_less_short,
    calls_abandoned + chats_abandoned - calls_short_abandoned - chats_short_abandoned
        as exchanges_abandoned_less_short
from summed;

create or replace table kpi_issues_opened_daily as
with lines as (
    select
        opened_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        count(*) as issues,
        count(*) filter (where is_fcr_eligible) as issues_fcr_eligible,
        count(*) filter (where is_fcr_eligible and is_settled)
            as issues_resolved_first_time
    from issue_facts group by all
    union all by name
    select
        opened_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        count(*) filter (where is_first_1d and ended_at + days(1) <= as_of)
            as issues_fcr_eligible_1d,
        count(*) filter (
            where is_alone_1d and is_settled_at_once and ended_at + days(1) <= as_of
        ) as issues_resolved_first_time_1d,
        count(*) filter (where is_first_3d and ended_at + days(3) <= as_of)
            as issues_fcr_eligible_3d,
        count(*) filter (
            where is_alone_3d and is_settled_at_once and ended_at + days(3) <= as_of
        ) as issues_resolved_first_time_3d,
        count(*) filter (where is_first_7d and ended_at + days(7) <= as_of)
            as issues_fcr_eligible_7d,
        count(*) filter (
            where is_alone_7d and is_settled_at_once and ended_at + days(7) <= as_of
        ) as issues_resolved_first_time_7d,
        count(*) filter (where is_first_14d and ended_at + days(14) <= as_of)
            as issues_fcr_eligible_14d,
        count(*) filter (
            where is_alone_14d and is_settled_at_once and ended_at + days(14) <= as_of
        ) as issues_resolved_first_time_14d,
        count(*) filter (where is_first_30d and ended_at + days(30) <= as_of)
            as issues_fcr_eligible_30d,
        count(*) filter (
            where is_alone_30d and is_settled_at_once and ended_at + days(30) <= as_of
        ) as issues_resolved_first_time_30d
    from facts where is_chained group by all
)
select
    date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
    weekday,
    coalesce(sum(issues_fcr_eligible_1d), 0)::bigint as issues_fcr_eligible_1d,
    coalesce(sum(issues_resolved_first_time_1d), 0)::bigint
        as issues_resolved_first_time_1d,
    coalesce(sum(issues_fcr_eligible_3d), 0)::bigint as issues_fcr_eligible_3d,
    coalesce(sum(issues_resolved_first_time_3d), 0)::bigint
        as issues_resolved_first_time_3d,
    coalesce(sum(issues_fcr_eligible_7d), 0)::bigint as issues_fcr_eligible_7d,
    coalesce(sum(issues_resolved_first_time_7d), 0)::bigint
        as issues_resolved_first_time_7d,
    coalesce(sum(issues_fcr_eligible_14d), 0)::bigint as issues_fcr_eligible_14d,
    coalesce(sum(issues_resolved_first_time_14d), 0)::bigint
        as issues_resolved_first_time_14d,
    coalesce(sum(issues_fcr_eligible_30d), 0)::bigint as issues_fcr_eligible_30d,
    coalesce(sum(issues_resolved_first_time_30d), 0)::bigint
        as issues_resolved_first_time_30d,
    coalesce(sum(issues), 0)::bigint as issues,
    coalesce(sum(issues_fcr_eligible), 0)::bigint as issues_fcr_eligible,
    coalesce(sum(issues_resolved_first_time), 0)::bigint as issues_resolved_first_time
from lines
group by all;

create or replace table kpi_issues_ended_daily as
select
    ended_date as date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
    weekday,
    count(*) filter (where has_earlier_order and ended_at + days(30) <= as_of)
        as issues_repurchase_eligible,
    count(*) filter (
        where has_earlier_order and ended_at + days(30) <= as_of and is_credited
    ) as issues_repurchased,
    count(*) filter (where has_earlier_order and ended_at + days(7) <= as_of)
        as issues_repurchase_eligible_7d,
    count(*) filter (
        where has_earlier_order and ended_at + days(7) <= as_of
        and followed_at <= ended_at + days(7)
    ) as issues_repurchased_7d,
    count(*) filter (where has_earlier_order and ended_at + days(30) <= as_of)
        as issues_repurchase_eligible_30d,
    count(*) filter (
        where has_earlier_order and ended_at + days(30) <= as_of
        and followed_at <= ended_at + days(30)
    ) as issues_repurchased_30d,
    count(*) filter (where has_earlier_order and ended_at + days(60) <= as_of)
        as issues_repurchase_eligible_60d,
    count(*) filter (
        where has_earlier_order and ended_at + days(60) <= as_of
        and followed_at <= ended_at + days(60)
    ) as issues_repurchased_60d,
    count(*) filter (where has_earlier_order and ended_at + days(90) <= as_of)
        as issues_repurchase_eligible_90d,
    count(*) filter (
        where has_earlier_order and ended_at + days(90) <= as_of
        and followed_at <= ended_at + days(90)
    ) as issues_repurchased_90d,
    count(*) filter (where is_costed_resolution) as issues_resolved,
    coalesce(sum(amount) filter (where is_costed_resolution), 0)::decimal(18, 2)
        as resolution_cost_amount,
    coalesce(sum(amount * amount) filter (where is_costed_resolution), 0)
    ::decimal(38, 4) as resolution_cost_squared
from issue_facts
group by all;

create or replace table kpi_costs_daily as
select
    opened_date as date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
    weekday,
    count(*) as contacts_costed,
    sum(agent_amount)::decimal(18, 2) as agent_time_cost_amount,
    sum(overhead_amount)::decimal(18, 2) as overhead_share_amount,
    sum(costed.compensation_amount)::decimal(18, 2) as compensation_paid_amount,
    sum(amount)::decimal(18, 2) as contact_cost_amount,
    sum(amount * amount)::decimal(38, 4) as contact_cost_squared
from costed
inner join facts using (contact)
where is_costed
group by all;

create or replace table kpi_orders_daily as
select
    ordered_date as date_day,
    coalesce(product_category, 'unknown') as product,
    coalesce(region, 'unknown') as region,
    count(*) as orders,
    coalesce(sum(net_amount), 0)::decimal(18, 2) as order_net_amount,
    coalesce(sum(margin_amount), 0)::decimal(18, 2) as order_margin_amount
from valued
where is_valid
group by all;

create or replace table kpi_support_pnl_daily as
with human as (
    select
        month_start_date,
        avg(agent_amount + overhead_amount) filter (where not is_automated) as amount
    from costed inner join facts using (contact) group by all
),
repeats as (
    select
        contact_reason,
        (date_trunc('year', opened_date) + interval '1 year')::date as expected_year,
        avg(is_repeated::integer) as repeat_share
    from issue_facts
    where is_fcr_eligible and contact_reason != 'unknown'
    group by all
    having count(*) >= 30
),
lines as (
    select
        valued.ordered_date as date_day,
        coalesce(facts.channel, 'unknown') as channel,
        coalesce(facts.contact_reason, 'unknown') as contact_reason,
        coalesce(facts.journey_stage, 'unknown') as journey_stage,
        coalesce(valued.product_category, 'unknown') as product,
        coalesce(facts.team, 'unknown') as team,
        coalesce(facts.tier, 'unknown') as tier,
        coalesce(facts.site, 'unknown') as site,
        coalesce(facts.partner, 'unknown') as partner,
        coalesce(facts.agent, 'unknown') as agent,
        coalesce(valued.region, 'unknown') as region,
        coalesce(facts.segment, 'unknown') as segment,
        coalesce(bands.value_band, 'unknown') as value_band,
        coalesce(facts.tenure_band, 'unknown') as tenure_band,
        coalesce(facts.frequency_band, 'unknown') as frequency_band,
        coalesce(facts.local_hour, 'unknown') as local_hour,
        coalesce(facts.weekday, 'unknown') as weekday,
        case when not is_upsell then valued.margin_amount end
            as repurchase_margin_amount,
        case when is_upsell then valued.margin_amount end as upsell_margin_amount
    from valued
    left join followed on valued.order_number = followed.order_number and is_credited
    left join facts on followed.issue = facts.contact
    left join bands
        on
            valued.person = bands.person
            and date_trunc('quarter', valued.ordered_date)::date = bands.quarter
    where is_valid and (followed.issue is not null or is_upsell)
    union all by name
    select
        opened_date as date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        case when is_automated then human.amount end as avoided_cost_amount,
        agent_amount + overhead_amount as ledger_cost_amount,
        costed.compensation_amount as goodwill_amount
    from costed
    inner join facts using (contact)
    left join human on costed.month_start_date = human.month_start_date
    union all by name
    select
        opened_date as date_day,
        channel, issue_facts.contact_reason, journey_stage, product, team, tier, site,
        partner, agent, region, segment, value_band, tenure_band, frequency_band,
        local_hour, weekday,
        (repeat_share - is_repeated::integer) * human.amount as repeat_avoided_cost_amount
    from issue_facts
    inner join repeats
        on
            issue_facts.contact_reason = repeats.contact_reason
            and date_trunc('year', opened_date)::date = expected_year
    inner join human on date_trunc('month', opened_date)::date = human.month_start_date
    where is_fcr_eligible
    union all by name
    select
        month_start_date as date_day,
        'unknown' as channel,
        'unknown' as contact_reason,
        'unknown' as journey_stage,
        'unknown' as product,
        coalesce(team, 'unknown') as team,
        'unknown' as tier,
        coalesce(site, 'unknown') as site,
        coalesce(partner, 'unknown') as partner,
        'unknown' as agent,
        'unknown' as region,
        'unknown' as segment,
        'unknown' as value_band,
        'unknown' as tenure_band,
        'unknown' as frequency_band,
        'unknown' as local_hour,
        'unknown' as weekday,
        amount as ledger_cost_amount
    from ledger
    where month_start_date not in (select month_start_date from costed)
),
summed as (
    select
        date_day,
        channel, contact_reason, journey_stage, product, team, tier, site, partner,
        agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
        weekday,
        coalesce(sum(repurchase_margin_amount), 0) as repurchased,
        coalesce(sum(upsell_margin_amount), 0) as upsold,
        coalesce(sum(avoided_cost_amount), 0)::decimal(18, 2) as avoided,
        coalesce(sum(repeat_avoided_cost_amount), 0)::decimal(18, 2) as unrepeated,
        coalesce(sum(ledger_cost_amount), 0) as spent,
        coalesce(sum(goodwill_amount), 0) as given
    from lines
    where
        date_trunc('month', date_day)::date in (select month_start_date from ledger)
        and exists (from orders_landed) and exists (from contacts)
    group by all
)
select
    date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, local_hour,
    weekday,
    repurchased::decimal(18, 2) as repurchase_margin_amount,
    upsold::decimal(18, 2) as upsell_margin_amount,
    avoided::decimal(18, 2) as avoided_cost_amount,
    unrepeated as repeat_avoided_cost_amount,
    spent::decimal(18, 2) as ledger_cost_amount,
    given::decimal(18, 2) as goodwill_amount,
    (repurchased + upsold + avoided + unrepeated)::decimal(18, 2)
        as support_gain_amount,
    (spent + given)::decimal(18, 2) as support_cost_amount,
    (repurchased + upsold + avoided + unrepeated - spent - given)::decimal(18, 2)
        as support_net_gain_amount
from summed;

-- What customers answered ------------------------------------------------------------------------

create or replace temp table answers as
with named as (
    select reference, min(id) as id
    from (
        select coalesce(call_id, id) as reference, id from contacts
        union all
        select call_id, id from linked
    )
    group by all
),
judged as (
    select
        landed.*,
        facts.contact,
        coalesce(facts.person, people.person) as person,
        coalesce(is_countable, true) as is_countable,
        coalesce(landed.agent_id, facts.agent, 'unknown') as agent,
        facts.team,
        coalesce(facts.channel, 'unknown') as channel,
        coalesce(facts.contact_reason, 'unknown') as contact_reason,
        coalesce(facts.journey_stage, 'unknown') as journey_stage,
        coalesce(facts.product, 'unknown') as product,
        coalesce(facts.region, 'unknown') as region,
        coalesce(facts.segment, 'unknown') as segment,
        coalesce(facts.value_band, 'unknown') as value_band,
        coalesce(facts.tenure_band, 'unknown') as tenure_band,
        coalesce(facts.frequency_band, 'unknown') as frequency_band,
        ended_at,
        case landed.question_type
            when 'nps' then score in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
            else score between low and high
        end is true as is_valid,
        case direction when 'low_is_good' then low + high - score else score end
        >= satisfied_from as is_satisfied,
        (
            1 + 6 * case direction
                when 'low_is_good' then high - score
                when 'high_is_good' then score - low
            end / nullif(high - low, 0)
        )::decimal(18, 4) as scale_score
    from answers_landed as landed
    left join named using (reference)
    left join facts on named.id = facts.id
    left join people
        on
            landed.account is not distinct from people.account
            and landed.email is not distinct from people.email
            and people.phone is null
    left join csat_scales
        on landed.question_type = 'csat' and low = scale_min and high = scale_max
),
accepted as (
    select *
    from judged
    where
        is_valid and is_countable
        and case
            when question_type = 'csat'
                then is_satisfied is not null
                    and coalesce(answered_at <= ended_at + days(28), true)
            when question_type in ('ces', 'servqual_perception', 'servqual_expectation')
                then scale_score is not null
            else true
        end
    qualify
        question_type != 'csat'
        or row_number() over (
            partition by question_type, coalesce(contact::varchar, answer_id)
            order by answered_at desc, answer_id desc
        ) = 1
),
expected as (
    select response_id, dimension, max(scale_score) as expected_score
    from accepted where question_type = 'servqual_expectation' group by all
)
select
    accepted.* exclude (team),
    coalesce(accepted.team, 'unknown') as team,
    coalesce(teams.tier::varchar, 'unknown') as tier,
    coalesce(teams.site, 'unknown') as site,
    coalesce(teams.partner, 'unknown') as partner,
    coalesce(survey_id, 'unknown') as survey,
    (answered_at + shift)::date as answered_date,
    case when question_type = 'ces' then 8 - scale_score end::decimal(18, 4) as effort,
    case
        when question_type = 'servqual_perception' then scale_score - expected_score
    end::decimal(18, 4) as gap,
    case
        when question_type = 'fcr'
            then score = case direction when 'low_is_good' then low else high end
    end as is_solved_first_time
from accepted
left join hours on date_trunc('hour', answered_at) = hour
left join teams
    on
        accepted.team = teams.team
        and (answered_at + shift)::date between valid_from and valid_to
left join expected
    on
        accepted.response_id = expected.response_id
        and accepted.dimension is not distinct from expected.dimension
where survey_kind = 'service';

create or replace table kpi_perception_daily as
select
    answered_date as date_day,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, survey,
    coalesce(dimension, 'unknown') as dimension,
    count(*) filter (where question_type = 'csat') as csat_answers,
    count(*) filter (where question_type = 'csat' and is_satisfied)
        as csat_answers_satisfied,
    count(effort) as ces_answers,
    count(gap) as servqual_pairs,
    count(is_solved_first_time) as fcr_answers,
    count(*) filter (where is_solved_first_time) as fcr_answers_yes,
    0::bigint as survey_invitations_eligible,
    0::bigint as survey_invitations_delivered,
    0::bigint as survey_invitations_responded,
    coalesce(sum(effort), 0)::decimal(38, 4) as ces_effort,
    coalesce(sum(effort * effort), 0)::decimal(38, 4) as ces_effort_squared,
    coalesce(sum(gap), 0)::decimal(38, 4) as servqual_gap_total,
    coalesce(sum(gap * gap), 0)::decimal(38, 4) as servqual_gap_squared
from answers
group by all;

create or replace table kpi_nps_by_period as
with latest as (
    select period_grain, period_start_date, answers.*
    from answers
    inner join places on answered_date = date_day
    where question_type = 'nps'
    qualify row_number() over (
        partition by
            period_grain, period_start_date, coalesce(person::varchar, answer_id)
        order by answered_at desc, answer_id desc
    ) = 1
)
select
    period_grain,
    period_start_date,
    channel, contact_reason, journey_stage, product, team, tier, site, partner,
    agent, region, segment, value_band, tenure_band, frequency_band, survey,
    coalesce(dimension, 'unknown') as dimension,
    count(*) as nps_answers,
    count(*) filter (where score >= 9) as nps_promoters,
    count(*) filter (where score in (7, 8)) as nps_passives,
    count(*) filter (where score <= 6) as nps_detractors,
    nps_promoters - nps_detractors as nps_net_promoters,
    nps_promoters + nps_detractors as nps_decided
from latest
group by all;

-- Stocks ------------------------------------------------------------------------------------------

create or replace table kpi_backlog_by_period as
with history as (
    select
        contact,
        (instant + shift)::date as date_day,
        case when is_done then -1 else 1 end as moved,
        is_done != coalesce(previous_at >= opened_at and was_done, false) as is_move,
        bool_or(is_done) over (partition by contact) as is_ever_done,
        is_countable
    from statuses
    inner join facts using (id)
    left join hours on date_trunc('hour', instant) = hour
    where opened_at <= instant
),
moves as (
    select contact, opened_date as date_day, 1 as moved from facts where is_countable
    union all
    select contact, date_day, moved from history where is_move and is_countable
    union all
    select contact, ended_date, -1
    from facts
    where
        is_countable and (is_resolved or is_unattended)
        and contact not in (select contact from history where is_ever_done)
    union all
    -- who is excluded comes and goes the same day
    select contact, opened_date, 0 from facts where not is_countable
),
daily as (
    select
        date_day, channel, contact_reason, journey_stage, team, tier, site, partner,
        sum(moved) as moved
    from moves inner join facts using (contact)
    -- resolved, nobody knows when: the project leaves it standing
    where date_day is not null
    group by all
),
stocks as (
    select
        * exclude (moved),
        sum(moved) over (
            partition by channel, contact_reason, journey_stage, team, tier, site, partner
            order by date_day
        ) as backlog,
        lead(date_day, 1, date '9999-12-31') over (
            partition by channel, contact_reason, journey_stage, team, tier, site, partner
            order by date_day
        ) as next_day
    from daily
)
select
    period_grain, period_start_date, channel, contact_reason, journey_stage, team, tier,
    site, partner, backlog::bigint as backlog_contacts
from stocks
inner join periods on last_date >= date_day and last_date < next_day
where backlog != 0;

create or replace table kpi_customers_by_period as
with churn as (
    select
        year_start_date,
        case
            when count(gap) < 30 then 180
            else least(greatest(quantile_cont(gap, 0.8), 60), 365)
        end::double as churn_days
    from (
        select distinct date_trunc('year', date_day)::date as year_start_date from dates
    )
    left join (
        select
            ordered_at,
            seconds(lag(ordered_at) over (
                partition by person order by ordered_at
            ), ordered_at) / 86400.0 as gap
        from valid_orders
    ) as gaps
        on timezone('UTC', timezone('Europe/Paris', year_start_date::timestamp))
            > ordered_at
    group by all
),
bounded as (
    select
        period_grain,
        period_start_date,
        period_end_date,
        timezone('UTC', timezone('Europe/Paris', case
            when period_grain = 'all' then period_end_date - interval '1 year'
            else period_start_date::timestamp
        end)) as starts_at,
        case
            when period_end_date = last_date
                then timezone('UTC', timezone(
                    'Europe/Paris', period_end_date + interval '1 day'
                ))
            else as_of + interval '1 second'
        end as stops_at,
        churn_days
    from periods
    cross join horizon
    inner join churn
        on year_start_date = date_trunc('year', case
            when period_grain = 'all' then period_end_date else period_start_date
        end)::date
    where period_grain in ('month', 'quarter', 'year', 'all')
),
moments as (
    select instant, row_number() over (order by instant) as number
    from (select starts_at as instant from bounded union select stops_at from bounded)
),
-- every customer's latest order at every moment from the first on
standing as (
    select
        person,
        unnest(range(
            first_after.number,
            coalesce(next_after.number, (select max(number) + 1 from moments))
        )) as number,
        ordered_at,
        margin_so_far
    from valid_orders
    asof inner join moments as first_after on ordered_at < first_after.instant
    asof left join moments as next_after on next_ordered_at < next_after.instant
),
placed as (
    select
        number,
        person,
        coalesce(region, 'unknown') as region,
        coalesce(value_band, 'unknown') as value_band,
        seconds(ordered_at, instant) / 86400.0 as silence,
        margin_so_far
    from standing
    inner join moments using (number)
    inner join customers using (person)
),
ends as (
    select period_grain, period_start_date, period_end_date, churn_days, true as is_start,
        number
    from bounded inner join moments on starts_at = instant
    union all
    select period_grain, period_start_date, period_end_date, churn_days, false, number
    from bounded inner join moments on stops_at = instant
),
actives as (
    select
        period_grain, period_start_date, person, region, value_band,
        bool_or(is_start) as at_start, bool_or(not is_start) as at_end
    from placed inner join ends using (number)
    where silence <= churn_days
    group by all
),
lines as (
    select
        period_grain, period_start_date, region, value_band,
        count(*) filter (where at_start) as customers_at_start,
        count(*) filter (where at_start and at_end) as customers_retained,
        count(*) filter (where at_start and not at_end) as customers_lost,
        count(*) filter (where at_end) as customers_at_end
    from actives group by all
    union all by name
    select
        period_grain, period_start_date, region, value_band,
        count(*) as customers_so_far,
        sum(margin_so_far) as margin_to_date_amount,
        sum(margin_so_far * margin_so_far) as margin_to_date_squared
    from placed inner join ends using (number)
    where not is_start
    group by all
    union all by name
    select
        period_grain, period_start_date, coalesce(region, 'unknown') as region,
        coalesce(value_band, 'unknown') as value_band, count(*) as customers_referring
    from (
        select
            period_grain, period_start_date, referral_code,
            arg_min(person, row(ordered_at, order_number)) as person
        from bounded
        inner join valid_orders
            on ordered_date between period_start_date and period_end_date
        where is_first and referral_code is not null
        group by all
    )
    inner join customers using (person)
    group by all
)
select
    period_grain,
    period_start_date,
    region,
    value_band,
    coalesce(sum(customers_at_start), 0)::bigint as customers_at_start,
    coalesce(sum(customers_retained), 0)::bigint as customers_retained,
    coalesce(sum(customers_lost), 0)::bigint as customers_lost,
    coalesce(sum(customers_at_end), 0)::bigint as customers_at_end,
    coalesce(sum(customers_referring), 0)::bigint as customers_referring,
    coalesce(sum(customers_so_far), 0)::bigint as customers_so_far,
    coalesce(sum(margin_to_date_amount), 0)::decimal(18, 2) as margin_to_date_amount,
    coalesce(sum(margin_to_date_squared), 0)::decimal(38, 4) as margin_to_date_squared
from lines
group by all;

-- Medians and 90th percentiles: both of one sort, all durations of one fact together -------------

create or replace temp macro cut_of(channel, reason, team, tier, site) as
case
    when channel is not null then 'channel'
    when reason is not null then 'reason'
    when team is not null then 'team'
    when tier is not null then 'tier'
    when site is not null then 'site'
    else 'overall'
end;

create or replace table rpt_kpi_percentiles as
with long_periods as (from places where period_grain != 'day'),
responses as (
    select
        period_grain, period_start_date,
        cut_of(channel, contact_reason, team, tier, site) as cut,
        coalesce(channel, contact_reason, team, tier, site, 'all') as cut_value,
        [
            {
                'duration_id': 'first_response',
                'sample_size': count(first_response_seconds),
                'q': quantile_cont(first_response_seconds, [0.5, 0.9])
            },
            {
                'duration_id': 'first_response_business',
                'sample_size': count(first_response_business_seconds),
                'q': quantile_cont(first_response_business_seconds, [0.5, 0.9])
            }
        ] as durations
    from facts inner join long_periods on opened_date = date_day
    where is_countable and is_written and first_response_at is not null
    group by grouping sets (
        (period_grain, period_start_date),
        (period_grain, period_start_date, channel),
        (period_grain, period_start_date, contact_reason),
        (period_grain, period_start_date, team),
        (period_grain, period_start_date, tier),
        (period_grain, period_start_date, site)
    )
),
resolutions as (
    select
        period_grain, period_start_date,
        cut_of(channel, contact_reason, team, tier, site) as cut,
        coalesce(channel, contact_reason, team, tier, site, 'all') as cut_value,
        [
            {
                'duration_id': 'resolution',
                'sample_size': count(resolution_seconds),
                'q': quantile_cont(resolution_seconds, [0.5, 0.9])
            },
            {
                'duration_id': 'resolution_business',
                'sample_size': count(resolution_business_seconds),
                'q': quantile_cont(resolution_business_seconds, [0.5, 0.9])
            },
            {
                'duration_id': 'resolution_net_of_pending',
                'sample_size': count(resolution_net_seconds),
                'q': quantile_cont(resolution_net_seconds, [0.5, 0.9])
            }
        ] as durations
    from facts inner join long_periods on resolved_date = date_day
    where is_countable and is_resolved
    group by grouping sets (
        (period_grain, period_start_date),
        (period_grain, period_start_date, channel),
        (period_grain, period_start_date, contact_reason),
        (period_grain, period_start_date, team),
        (period_grain, period_start_date, tier),
        (period_grain, period_start_date, site)
    )
),
waits as (
    select
        period_grain, period_start_date,
        cut_of(channel, contact_reason, team, tier, site) as cut,
        coalesce(channel, contact_reason, team, tier, site, 'all') as cut_value,
        [
            {
                'duration_id': 'wait_of_answered',
                'sample_size': count(wait_seconds) filter (where is_answered),
                'q': quantile_cont(wait_seconds, [0.5, 0.9]) filter (where is_answered)
            },
            {
                'duration_id': 'time_to_abandon',
                'sample_size': count(wait_seconds) filter (where is_abandoned),
                'q': quantile_cont(wait_seconds, [0.5, 0.9]) filter (where is_abandoned)
            }
        ] as durations
    from call_facts inner join long_periods using (date_day)
    where is_answered or is_abandoned
    group by grouping sets (
        (period_grain, period_start_date),
        (period_grain, period_start_date, channel),
        (period_grain, period_start_date, contact_reason),
        (period_grain, period_start_date, team),
        (period_grain, period_start_date, tier),
        (period_grain, period_start_date, site)
    )
),
listed as (
    select * exclude (durations), unnest(durations) as duration from responses
    union all
    select * exclude (durations), unnest(durations) from resolutions
    union all
    select * exclude (durations), unnest(durations) from waits
)
select
    duration.duration_id,
    period_grain,
    period_start_date,
    cut,
    cut_value,
    duration.sample_size,
    duration.q[1]::double as median_duration,
    duration.q[2]::double as p90_duration
from listed
where duration.sample_size > 0;

-- The long components: summed wide per day and cut, then per period, made long at the end ---------

create or replace temp macro wide_of_contacts(mart) as table
with daily as (
    select
        date_day,
        case
            when channel is not null then 'channel'
            when contact_reason is not null then 'reason'
            when journey_stage is not null then 'journey_stage'
            when product is not null then 'product'
            when team is not null then 'team'
            when tier is not null then 'tier'
            when site is not null then 'site'
            when partner is not null then 'partner'
            when agent is not null then 'agent'
            when region is not null then 'region'
            when segment is not null then 'segment'
            when value_band is not null then 'value_band'
            when tenure_band is not null then 'tenure_band'
            when frequency_band is not null then 'frequency_band'
            when local_hour is not null then 'local_hour'
            when weekday is not null then 'weekday'
            else 'overall'
        end as cut,
        coalesce(
            channel, contact_reason, journey_stage, product, team, tier, site,
            partner, agent, region, segment, value_band, tenure_band, frequency_band,
            local_hour, weekday, 'all'
        ) as cut_value,
        nullif(sum(columns(* exclude (
            date_day, channel, contact_reason, journey_stage, product, team, tier,
            site, partner, agent, region, segment, value_band, tenure_band,
            frequency_band, local_hour, weekday
        ))), 0)
    from query_table(mart)
    group by grouping sets (
        (date_day), (date_day, channel), (date_day, contact_reason),
        (date_day, journey_stage), (date_day, product), (date_day, team),
        (date_day, tier), (date_day, site), (date_day, partner), (date_day, agent),
        (date_day, region), (date_day, segment), (date_day, value_band),
        (date_day, tenure_band), (date_day, frequency_band), (date_day, local_hour),
        (date_day, weekday)
    )
)
select
    period_grain, period_start_date, cut, cut_value,
    sum(columns(daily.* exclude (date_day, cut, cut_value)))::decimal(38, 6)
from daily
inner join places using (date_day)
group by all;

create or replace temp macro wide_of_surveys(mart) as table
with daily as (
    select
        date_day,
        case
            when channel is not null then 'channel'
            when contact_reason is not null then 'reason'
            when journey_stage is not null then 'journey_stage'
            when product is not null then 'product'
            when team is not null then 'team'
            when tier is not null then 'tier'
            when site is not null then 'site'
            when partner is not null then 'partner'
            when agent is not null then 'agent'
            when region is not null then 'region'
            when segment is not null then 'segment'
            when value_band is not null then 'value_band'
            when tenure_band is not null then 'tenure_band'
            when frequency_band is not null then 'frequency_band'
            when survey is not null then 'survey'
            when dimension is not null then 'dimension'
            else 'overall'
        end as cut,
        coalesce(
            channel, contact_reason, journey_stage, product, team, tier, site,
            partner, agent, region, segment, value_band, tenure_band, frequency_band,
            survey, dimension, 'all'
        ) as cut_value,
        nullif(sum(columns(* exclude (
            date_day, channel, contact_reason, journey_stage, product, team, tier,
            site, partner, agent, region, segment, value_band, tenure_band,
            frequency_band, survey, dimension
        ))), 0)
    from query_table(mart)
    group by grouping sets (
        (date_day), (date_day, channel), (date_day, contact_reason),
        (date_day, journey_stage), (date_day, product), (date_day, team),
        (date_day, tier), (date_day, site), (date_day, partner), (date_day, agent),
        (date_day, region), (date_day, segment), (date_day, value_band),
        (date_day, tenure_band), (date_day, frequency_band), (date_day, survey),
        (date_day, dimension)
    )
)
select
    period_grain, period_start_date, cut, cut_value,
    sum(columns(daily.* exclude (date_day, cut, cut_value)))::decimal(38, 6)
from daily
inner join places using (date_day)
group by all;

create or replace temp macro wide_of_orders(mart) as table
with daily as (
    select
        date_day,
        case
            when product is not null then 'product'
            when region is not null then 'region'
            else 'overall'
        end as cut,
        coalesce(
            product, region, 'all'
        ) as cut_value,
        nullif(sum(columns(* exclude (
            date_day, product, region
        ))), 0)
    from query_table(mart)
    group by grouping sets (
        (date_day), (date_day, product), (date_day, region)
    )
)
select
    period_grain, period_start_date, cut, cut_value,
    sum(columns(daily.* exclude (date_day, cut, cut_value)))::decimal(38, 6)
from daily
inner join places using (date_day)
group by all;

create or replace temp macro wide_of_nps(mart) as table
with summed as (
    select
        period_grain, period_start_date,
        case
            when channel is not null then 'channel'
            when contact_reason is not null then 'reason'
            when journey_stage is not null then 'journey_stage'
            when product is not null then 'product'
            when team is not null then 'team'
            when tier is not null then 'tier'
            when site is not null then 'site'
            when partner is not null then 'partner'
            when agent is not null then 'agent'
            when region is not null then 'region'
            when segment is not null then 'segment'
            when value_band is not null then 'value_band'
            when tenure_band is not null then 'tenure_band'
            when frequency_band is not null then 'frequency_band'
            when survey is not null then 'survey'
            when dimension is not null then 'dimension'
            else 'overall'
        end as cut,
        coalesce(
            channel, contact_reason, journey_stage, product, team, tier, site,
            partner, agent, region, segment, value_band, tenure_band, frequency_band,
            survey, dimension, 'all'
        ) as cut_value,
        nullif(sum(columns(* exclude (
            period_grain, period_start_date, channel, contact_reason, journey_stage,
            product, team, tier, site, partner, agent, region, segment, value_band,
            tenure_band, frequency_band, survey, dimension
        ))), 0)
    from query_table(mart)
    group by grouping sets (
        (period_grain, period_start_date),
        (period_grain, period_start_date, channel),
        (period_grain, period_start_date, contact_reason),
        (period_grain, period_start_date, journey_stage),
        (period_grain, period_start_date, product),
        (period_grain, period_start_date, team),
        (period_grain, period_start_date, tier),
        (period_grain, period_start_date, site),
        (period_grain, period_start_date, partner),
        (period_grain, period_start_date, agent),
        (period_grain, period_start_date, region),
        (period_grain, period_start_date, segment),
        (period_grain, period_start_date, value_band),
        (period_grain, period_start_date, tenure_band),
        (period_grain, period_start_date, frequency_band),
        (period_grain, period_start_date, survey),
        (period_grain, period_start_date, dimension)
    )
)
select
    period_grain, period_start_date, cut, cut_value,
    columns(* exclude (period_grain, period_start_date, cut, cut_value))::decimal(38, 6)
from summed;

create or replace temp macro wide_of_backlog(mart) as table
with summed as (
    select
        period_grain, period_start_date,
        case
            when channel is not null then 'channel'
            when contact_reason is not null then 'reason'
            when journey_stage is not null then 'journey_stage'
            when team is not null then 'team'
            when tier is not null then 'tier'
            when site is not null then 'site'
            when partner is not null then 'partner'
            else 'overall'
        end as cut,
        coalesce(
            channel, contact_reason, journey_stage, team, tier, site, partner, 'all'
        ) as cut_value,
        nullif(sum(columns(* exclude (
            period_grain, period_start_date, channel, contact_reason, journey_stage,
            team, tier, site, partner
        ))), 0)
    from query_table(mart)
    group by grouping sets (
        (period_grain, period_start_date),
        (period_grain, period_start_date, channel),
        (period_grain, period_start_date, contact_reason),
        (period_grain, period_start_date, journey_stage),
        (period_grain, period_start_date, team),
        (period_grain, period_start_date, tier),
        (period_grain, period_start_date, site),
        (period_grain, period_start_date, partner)
    )
)
select
    period_grain, period_start_date, cut, cut_value,
    columns(* exclude (period_grain, period_start_date, cut, cut_value))::decimal(38, 6)
from summed;

create or replace temp macro wide_of_customers(mart) as table
with summed as (
    select
        period_grain, period_start_date,
        case
            when region is not null then 'region'
            when value_band is not null then 'value_band'
            else 'overall'
        end as cut,
        coalesce(
            region, value_band, 'all'
        ) as cut_value,
        nullif(sum(columns(* exclude (
            period_grain, period_start_date, region, value_band
        ))), 0)
    from query_table(mart)
    group by grouping sets (
        (period_grain, period_start_date), (period_grain, period_start_date, region),
        (period_grain, period_start_date, value_band)
    )
)
select
    period_grain, period_start_date, cut, cut_value,
    columns(* exclude (period_grain, period_start_date, cut, cut_value))::decimal(38, 6)
from summed;

create or replace temp table contacts_wide as from wide_of_contacts('kpi_contacts_daily');
create or replace temp table response_and_resolution_wide as from wide_of_contacts('kpi_response_and_resolution_daily');
create or replace temp table telephony_wide as from wide_of_contacts('kpi_telephony_daily');
create or replace temp table issues_opened_wide as from wide_of_contacts('kpi_issues_opened_daily');
create or replace temp table issues_ended_wide as from wide_of_contacts('kpi_issues_ended_daily');
create or replace temp table costs_wide as from wide_of_contacts('kpi_costs_daily');
create or replace temp table support_pnl_wide as from wide_of_contacts('kpi_support_pnl_daily');
create or replace temp table perception_wide as from wide_of_surveys('kpi_perception_daily');
create or replace temp table orders_wide as from wide_of_orders('kpi_orders_daily');
create or replace temp table nps_wide as from wide_of_nps('kpi_nps_by_period');
create or replace temp table backlog_wide as from wide_of_backlog('kpi_backlog_by_period');
create or replace temp table customers_wide as from wide_of_customers('kpi_customers_by_period');

create or replace table kpi_components as
select period_grain, period_start_date, cut, cut_value, component, component_value
from (
    from (
        unpivot contacts_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot response_and_resolution_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot telephony_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot issues_opened_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot issues_ended_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot costs_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot support_pnl_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot perception_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot orders_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot nps_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot backlog_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
    union all
    from (
        unpivot customers_wide
        on columns(* exclude (period_grain, period_start_date, cut, cut_value))
        into name component value component_value
    )
);

-- The scorecard -------------------------------------------------------------------------------------

create or replace temp macro t_quantile(df) as
case
    when df = 1 then 12.706204736
    when df = 2 then 4.302652730
    else
        1.959963984540054
        + 2.372271230298562 / df
        + 2.8224986157396112 / power(df, 2)
        + 2.555849679507722 / power(df, 3)
        + 1.5895340533938225 / power(df, 4)
end;

-- the half-width and the middle; a bound is one less or plus the other
create or replace temp macro bound(sign, method, a, n, squares, scale) as
case
    when coalesce(n, 0) <= 0 then null
    when method = 'wilson'
        then scale * (
            a::double / n + 1.9207294103470627 / n
            + sign * 1.959963984540054 * sqrt(
                greatest(a::double / n * (1 - a::double / n), 0) / n
                + 0.9603647051735313 / (n * n)
            )
        ) / (1 + 3.8414588206941254 / n)
    when method = 'nps'
        then scale * (
            a::double / (n + 3)
            + sign * 1.959963984540054 * sqrt(
                ((squares + 1.5) / (n + 3) - a::double / (n + 3) * (a::double / (n + 3))) / (n + 3)
            )
        )
    when method = 't' and n > 1
        then scale * (
            a::double / n
            + sign * t_quantile(n - 1) * sqrt(
                greatest(squares - n * (a::double / n) * (a::double / n), 0) / (n - 1) / n
            )
        )
end;

create or replace temp macro meets(value, operator, threshold) as
case operator
    when '>=' then value >= threshold
    when '>' then value > threshold
    when '<=' then value <= threshold
    when '<' then value < threshold
end;

create or replace temp table kpis as from read_parquet(getvariable('catalogue'));


-- Lines are numbered: a KPI's value, and the one of the period before, are then read from
-- the wide table, column by column.
create or replace temp table lines as
with seen as (
    select period_grain, period_start_date, cut, cut_value from contacts_wide
    union
    select period_grain, period_start_date, cut, cut_value from response_and_resolution_wide
    union
    select period_grain, period_start_date, cut, cut_value from telephony_wide
    union
    select period_grain, period_start_date, cut, cut_value from issues_opened_wide
    union
    select period_grain, period_start_date, cut, cut_value from issues_ended_wide
    union
    select period_grain, period_start_date, cut, cut_value from costs_wide
    union
    select period_grain, period_start_date, cut, cut_value from support_pnl_wide
    union
    select period_grain, period_start_date, cut, cut_value from perception_wide
    union
    select period_grain, period_start_date, cut, cut_value from orders_wide
    union
    select period_grain, period_start_date, cut, cut_value from nps_wide
    union
    select period_grain, period_start_date, cut, cut_value from backlog_wide
    union
    select period_grain, period_start_date, cut, cut_value from customers_wide
    union
    select period_grain, period_start_date, 'overall', 'all' from periods
),
numbered as (select *, row_number() over ()::integer as line from seen)
select
    numbered.*,
    previous.line as previous_line,
    year_ago.line as year_ago_line,
    least(period_end_date, as_of_date) as target_date,
    period_end_date,
    as_of_date
from numbered
inner join periods using (period_grain, period_start_date)
cross join (
    select timezone('Europe/Paris', as_of::timestamptz)::date as as_of_date from horizon
)
left join numbered as previous
    on
        numbered.period_grain = previous.period_grain
        and previous_start_date = previous.period_start_date
        and numbered.cut = previous.cut
        and numbered.cut_value = previous.cut_value
left join numbered as year_ago
    on
        numbered.period_grain = year_ago.period_grain
        and numbered.period_grain in ('month', 'quarter', 'year')
        and (numbered.period_start_date - interval '1 year')::date
        = year_ago.period_start_date
        and numbered.cut = year_ago.cut
        and numbered.cut_value = year_ago.cut_value;

create or replace temp table wide as
select
    * exclude (
        period_grain, period_start_date, cut_value, previous_line, year_ago_line,
        target_date, period_end_date, as_of_date
    )
from lines
left join contacts_wide using (period_grain, period_start_date, cut, cut_value)
left join response_and_resolution_wide using (period_grain, period_start_date, cut, cut_value)
left join telephony_wide using (period_grain, period_start_date, cut, cut_value)
left join issues_opened_wide using (period_grain, period_start_date, cut, cut_value)
left join issues_ended_wide using (period_grain, period_start_date, cut, cut_value)
left join costs_wide using (period_grain, period_start_date, cut, cut_value)
left join support_pnl_wide using (period_grain, period_start_date, cut, cut_value)
left join perception_wide using (period_grain, period_start_date, cut, cut_value)
left join orders_wide using (period_grain, period_start_date, cut, cut_value)
left join nps_wide using (period_grain, period_start_date, cut, cut_value)
left join backlog_wide using (period_grain, period_start_date, cut, cut_value)
left join customers_wide using (period_grain, period_start_date, cut, cut_value);

-- One query a KPI, written from the catalogue: what is in none of the marts is null.
set variable kpi_queries = (
    with formulas as (
        select
            kpis.*,
            coalesce(n.column_name, 'null') as n,
            coalesce(d.column_name, 'null') as d,
            coalesce(q.column_name, 'null') as q,
            coalesce(m.column_name, 'null') as m
        from kpis
        left join (from duckdb_columns() where table_name = 'wide') as n
            on numerator_component = n.column_name
        left join (from duckdb_columns() where table_name = 'wide') as d
            on denominator_component = d.column_name
        left join (from duckdb_columns() where table_name = 'wide') as q
            on squares_component = q.column_name
        left join (from duckdb_columns() where table_name = 'wide') as m
            on sample_component = m.column_name
    )
    select string_agg(format(
        $$
        select
            '{0}' as kpi_id, line, coalesce({1}, 0)::decimal(18, 2) as numerator,
            {2}::decimal(18, 2) as denominator, coalesce({3}, 0)::double as squares,
            coalesce({4}, 0)::bigint as sample_size, {5} as scale,
            '{6}' as interval_method, {7} as maturity_days, {8} as version
        from wide
        where cut = 'overall' or ({9} and (coalesce({1}, 0) != 0 or {2} != 0{10}))
        $$,
        kpi_id, n,
        case when denominator_component is null then '1' else 'coalesce(' || d || ', 0)' end,
        q, m, scale, interval_method, maturity_days, version,
        'cut in (''' || replace(cuts, ',', ''', ''') || ''')',
        case when denominator_component is null then ' and false' else '' end
    ), ' union all ')
    from formulas
);

create or replace temp table valued_lines as
select
    kpi_id, line, numerator, denominator,
    scale * numerator::double / nullif(denominator, 0)::double as kpi_value,
    bound(-1, interval_method, numerator, denominator, squares, scale) as interval_low,
    bound(1, interval_method, numerator, denominator, squares, scale) as interval_high,
    sample_size, maturity_days, version
from query(getvariable('kpi_queries'));

create or replace table rpt_kpi_scorecard as
with compared as (
    select
        valued_lines.*,
        lines.* exclude (line),
        previous.kpi_value as previous_value,
        year_ago.kpi_value as year_ago_value,
        -- a cut value's own target wins over the KPI's general one
        case when own.kpi_id is not null then own else general end as target
    from valued_lines
    inner join lines using (line)
    left join valued_lines as previous
        on
            valued_lines.kpi_id = previous.kpi_id
            and lines.previous_line = previous.line
    left join (
        from valued_lines
        where kpi_id in (select kpi_id from targets where basis = 'change_on_year')
    ) as year_ago
        on
            valued_lines.kpi_id = year_ago.kpi_id
            and lines.year_ago_line = year_ago.line
    left join targets as own
        on
            valued_lines.kpi_id = own.kpi_id
            and lines.cut = own.cut
            and lines.cut_value = own.cut_value
            and own.cut != 'overall'
            and target_date between own.valid_from and own.valid_to
            and (own.period_grain is null or lines.period_grain = own.period_grain)
    left join targets as general
        on
            valued_lines.kpi_id = general.kpi_id
            and general.cut = 'overall'
            and target_date between general.valid_from and general.valid_to
            and (
                general.period_grain is null or lines.period_grain = general.period_grain
            )
),
judged as (
    select
        *,
        case target.basis
            when 'value' then target.green_value
            when 'change_on_year'
                then year_ago_value * (1 + target.green_value / 100.0)
        end::double as green,
        case target.basis
            when 'value' then target.red_value
            when 'change_on_year'
                then year_ago_value * (1 + target.red_value / 100.0)
        end::double as red,
        coalesce(period_end_date + maturity_days <= as_of_date, false) as is_mature
    from compared
)
select
    kpi_id, period_grain, period_start_date, cut, cut_value, numerator, denominator,
    kpi_value, interval_low, interval_high, sample_size,
    green as target_value,
    red as red_value,
    case
        when kpi_value is null or sample_size < 30 then 'insufficient_data'
        when green is null then 'no_target'
        when kpi_value < target.too_low_value then 'amber'
        when meets(kpi_value, target.green_operator, green) then 'green'
        when meets(kpi_value, target.red_operator, red) then 'red'
        else 'amber'
    end as status,
    previous_value,
    coalesce(kpi_value < target.too_low_value and sample_size >= 30, false)
        as is_too_low,
    is_mature,
    period_end_date > as_of_date or not is_mature as is_provisional,
    version as definition_version
from judged;
