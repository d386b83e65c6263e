-- Every spelling in a group must give one key, and each group another.

with

spellings (person, email, phone) as (

    values
    ('ann', 'Ann@Example.com', '06 39 98 00 01'),
    ('ann', ' ann@example.com ', '+33 6 39 98 00 01'),
    ('ann', 'ANN@EXAMPLE.COM', '0033639980001'),
    ('ann', 'ann@example.com', '+33 (0)6.39.98.00.01'),
    ('bob', 'bob@example.com', '0639980002'),
    ('cat', 'cat@example.com', '+32 639 98 00 01'),
    ('nobody', '', 'anonymous'),
    ('nobody', null, null),
    ('nobody', 'n/a', '7145')

),

keyed as (

    select
        person,
        {{ email_key('email') }} as email_key,
        {{ phone_key('phone') }} as phone_key

    from spellings

),

counted as (

    select
        person,
        count(distinct email_key) as email_keys,
        count(distinct phone_key) as phone_keys

    from keyed
    group by all

),

totals as (

    select
        count(distinct email_key) as email_keys,
        count(distinct phone_key) as phone_keys

    from keyed

)

select
    counted.person,
    counted.email_keys,
    counted.phone_keys
from counted
cross join totals
where
    (
        counted.email_keys = case when counted.person = 'nobody' then 0 else 1 end
        and counted.phone_keys = case when counted.person = 'nobody' then 0 else 1 end
        and totals.email_keys = 3
        and totals.phone_keys = 3
    ) is not true
