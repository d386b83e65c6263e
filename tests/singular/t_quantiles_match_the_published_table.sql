-- Two-sided 95 % points of Student's t as every statistics book prints them.

with

published (df, quantile) as (

    values
    (1, 12.706),
    (2, 4.303),
    (3, 3.182),
    (4, 2.776),
    (5, 2.571),
    (6, 2.447),
    (8, 2.306),
    (10, 2.228),
    (15, 2.131),
    (20, 2.086),
    (30, 2.042),
    (60, 2.000),
    (120, 1.980)

)

select
    df,
    quantile,
    {{ t_quantile('df') }} as computed
from published
where
    (
        abs({{ t_quantile('df') }} - quantile)
        <= case when df in (3, 4, 5) then 0.002 * quantile else 0.0005001 end
    ) is not true
