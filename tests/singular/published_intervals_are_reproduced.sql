-- The worked intervals of the KPI specification, and a t-interval worked by hand: the
-- values 2, 4, 6 and 8 have mean 5, sum of squares 120, sample variance 20 / 3 and
-- standard error 1.2910; with 3 degrees of freedom (3.182) that is 0.89 to 9.11.

with

cases (name, method, numerator, n, squares, scale, expected_low, expected_high) as (

    values
    ('CSAT 9 of 10', 'wilson', 9, 10, 0, 100, 59.6, 98.2),
    ('CSAT 45 of 50', 'wilson', 45, 50, 0, 100, 78.6, 95.7),
    ('NPS 50 and 20 of 100', 'nps', 30, 100, 70, 100, 14.1, 44.2),
    ('mean of 2, 4, 6, 8', 't', 20, 4, 120, 1, 0.9, 9.1)

),

computed as (

    select
        name,
        expected_low,
        expected_high,
        {{ kpi_interval('-', 'method', 'numerator', 'n', 'squares', 'scale') }} as low,
        {{ kpi_interval('+', 'method', 'numerator', 'n', 'squares', 'scale') }} as high

    from cases

)

select *
from computed
where
    (abs(low - expected_low) <= 0.0500001 and abs(high - expected_high) <= 0.0500001)
    is not true
