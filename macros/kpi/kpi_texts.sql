{#-
    What the catalogue says of a KPI in a language, ready to read: the case worked with
    numbers, published benchmarks with their source, what changed with each version.
    Null where it says nothing.
-#}
{% macro kpi_texts(kpi, language) %}

    {%- set suffix = '_fr' if language == 'fr' else '' -%}
    {%- set colon = ' : ' if language == 'fr' else ': ' -%}
    {%- set semicolon = ' ; ' if language == 'fr' else '; ' -%}
    {%- set texts = {'example': none, 'benchmarks': [], 'changelog': []} -%}

    {%- set example = kpi.example -%}
    {%- if example -%}
        {%- set sum = '' -%}
        {%- if 'denominator' in example -%}
            {%- set sum = '' if kpi.scale == 1 else kpi.scale ~ ' × ' -%}
            {%- set sum = sum ~ example.numerator ~ ' ÷ ' ~ example.denominator
                ~ ' = ' -%}
        {%- endif -%}
        {%- do texts.update({'example': (example['case' ~ suffix] | trim) ~ ' → '
            ~ sum ~ (example.value | replace('.', ',') if suffix else example.value)}) -%}
    {%- endif -%}
    {%- for line in kpi.benchmarks or [] -%}
        {%- set source = ' (' ~ line.source ~ ')' if line.source else '' -%}
        {%- do texts.benchmarks.append(line['figure' ~ suffix] ~ source) -%}
    {%- endfor -%}
    {%- for line in kpi.changelog or [] -%}
        {%- do texts.changelog.append(line.version ~ ' (' ~ line.date ~ ')' ~ colon
            ~ line['change' ~ suffix]) -%}
    {%- endfor -%}

    {{ return({
        'example': texts.example,
        'benchmarks': texts.benchmarks | join(semicolon) or none,
        'changelog': texts.changelog | join(semicolon) or none,
    }) }}

{% endmacro %}
