{#-
    Why tickets are no customer contacts, by their tags (a JSON array): the reason of the
    tag that comes first in seeds/exclusion_tags.csv. One row per ticket with such a tag.
-#}
{% macro ticket_tag_reasons(tickets, key='id', tags='tags') -%}
    select
        tagged.{{ key }},
        min_by(
            exclusion_tags.exclusion_reason, exclusion_tags.precedence
        ) as exclusion_reason

    from (
        select
            {{ key }},
            {{ json_values(tags) }} as tag

        from {{ tickets }}
    ) as tagged
    inner join {{ ref('exclusion_tags') }} as exclusion_tags
        on tagged.tag = exclusion_tags.tag
    group by all
{%- endmacro %}
