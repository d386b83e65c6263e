"""The lock on a project of three models: what moves a definition, and what does not."""

import pytest

from savoir.definitions import (
    DefinitionsError,
    compare,
    read_definitions,
    read_lock,
    read_parameters,
    stand_ins,
    update,
    write_lock,
)

STAGING = """
    with source as (select * from read_parquet('w/raw/helpdesk/answers/*.parquet')),
    final as (
        select answer_id, team, score::integer as score, comment from source
        where score is not null
    )
    select * from final
"""
FACT = """
    with answers as (select * from "db"."staging"."stg_answers"),
    teams as (select * from "db"."reference"."teams"),
    final as (
        select
            answers.answer_id,
            answers.comment,
            teams.site,
            answers.score >= 9 as is_promoter,
            answers.score <= 6 as is_detractor
        from answers
        left join teams on answers.team = teams.team
    )
    select * from final
"""
MART = """
    with answers as (select * from "db"."core"."fct_answers"),
    lines as (
        select
            coalesce(site, 'unknown') as site,
            count(*) as answers,
            count(*) filter (where is_promoter) as promoters,
            count(*) filter (where is_detractor) as detractors
        from answers
        group by all
    ),
    final as (select site, answers, promoters, detractors from lines)
    select * from final
"""
UNION_MART = """
    with said as (select * from "db"."core"."fct_answers"),
    silent as (select * from "db"."core"."fct_answers" where comment is null),
    lines as (
        select site, true as is_answer, is_promoter, is_detractor, null as is_silent
        from said
        union all
        select
            site, null as is_answer, null as is_promoter, null as is_detractor,
            true as is_silent
        from silent
    ),
    final as (
        select
            coalesce(site, 'unknown') as site,
            count(*) filter (where is_answer) as answers,
            count(*) filter (where is_promoter) as promoters,
            count(*) filter (where is_detractor) as detractors,
            count(*) filter (where is_silent) as silent_answers
        from lines
        group by all
    )
    select * from final
"""


@pytest.fixture
def project(tmp_path):
    """A project folder with one seed and one parameter."""
    (tmp_path / "teams.csv").write_text("team,site\n")
    (tmp_path / "dbt_project.yml").write_text("vars: {min_sample: 30, unread: 1}\n")
    return tmp_path


def manifest(staging=STAGING, fact=FACT, mart=MART, version=1, scale=100) -> dict:
    def model(schema, name, sql, *parents):
        return {
            "resource_type": "model",
            "name": name,
            "alias": name,
            "database": "db",
            "schema": schema,
            "compiled_code": sql,
            "raw_code": sql,
            "depends_on": {"nodes": [f"model.p.{p}" for p in parents], "macros": []},
        }

    def metric(name, numerator):
        kpi = {"version": version, "scale": scale, "interval": "wilson"}
        inputs = {"numerator": {"name": numerator}, "denominator": {"name": "answers"}}
        return {
            "name": name,
            "type_params": inputs | {"measure": None},
            "config": {"meta": {"kpi": kpi}},
        }

    seed = model("reference", "teams", "") | {
        "resource_type": "seed",
        "original_file_path": "teams.csv",
    }
    measures = [{"name": n} for n in ("answers", "promoters", "detractors")]
    site = {"name": "site", "type": "foreign"}
    return {
        "nodes": {
            "seed": seed,
            "staging": model("staging", "stg_answers", staging),
            "fact": model("core", "fct_answers", fact, "stg_answers"),
            "mart": model("kpis", "kpi_answers", mart, "fct_answers"),
        },
        "macros": {},
        "semantic_models": {
            "m": {"name": "kpi_answers", "measures": measures, "entities": [site]}
        },
        "metrics": {
            "p": metric("praise", "promoters"),
            "b": metric("blame", "detractors"),
        },
    }


@pytest.fixture
def moves(project):
    """Say which KPIs another form of the project moves, and why."""
    locked = read_definitions(manifest(), project)

    def moved(**changes) -> dict[str, list[str]]:
        now = read_definitions(manifest(**changes), project)
        return {move.kpi_id: move.details for move in compare(now, locked)}

    return moved


@pytest.mark.parametrize(
    "changes",
    [
        {
            "mart": MART.upper().replace(
                '"DB"."CORE"."FCT_ANSWERS"', "db.core.fct_answers"
            )
        },
        {"mart": "-- what people say\n" + MART.replace("lines", "rows_of_site")},
        {
            "fact": FACT.replace(
                "answers.comment,", "upper(answers.comment) as comment,"
            )
        },
        {"fact": FACT.replace("teams.site", "lower(teams.site) as site")},
        {"mart": MART.replace("'unknown'", "'nowhere'")},
        {"staging": STAGING.replace("answer_id, team", "answer_id,\n\n  team")},
    ],
    ids=["case", "cte", "unread column", "cut", "label of a cut", "spaces"],
)
def test_what_a_kpi_does_not_depend_on_moves_nothing(moves, changes):
    assert moves(**changes) == {}


@pytest.mark.parametrize(
    ("changes", "moved", "names"),
    [
        ({"fact": FACT.replace(">= 9", ">= 8")}, {"praise"}, "fct_answers"),
        ({"fact": FACT.replace("<= 6", "< 6")}, {"blame"}, "fct_answers"),
        (
            {"staging": STAGING.replace("where score is not null", "")},
            {"praise", "blame"},
            "stg_answers",
        ),
        ({"fact": FACT.replace("left", "inner")}, {"praise", "blame"}, "fct_answers"),
        ({"scale": 10}, {"praise", "blame"}, "formula"),
    ],
    ids=["boundary", "strictness", "filter", "inner join", "formula"],
)
def test_a_change_of_meaning_names_kpi_and_place(moves, changes, moved, names):
    found = moves(**changes)
    assert set(found) == moved
    assert all(names in details for details in found.values())


@pytest.mark.parametrize(
    ("counted", "moved"),
    [
        ("count(*) filter (where is_answer)", set()),
        # whoever counts all rows counts these too
        ("count(*)", {"praise", "blame"}),
    ],
)
def test_a_part_of_a_union_without_anything_to_sum_is_no_part(project, counted, moved):
    mart = UNION_MART.replace("count(*) filter (where is_answer)", counted)
    locked = read_definitions(manifest(mart=mart), project)
    other = mart.replace("comment is null", "comment = ''")
    moves = compare(read_definitions(manifest(mart=other), project), locked)
    assert {move.kpi_id for move in moves} == moved


def test_what_is_computed_over_a_window_nobody_reads_moves_nothing(project):
    ranked = FACT.replace(
        "answers.score <= 6",
        "lag(answers.score) over earlier as last_score, answers.score <= 6",
    ).replace(
        "teams.team\n    )",
        "teams.team\n        window earlier as (order by answers.comment)\n    )",
    )
    assert ranked.count("earlier") == 2
    locked = read_definitions(manifest(fact=ranked), project)
    other = ranked.replace("order by answers.comment", "order by answers.team")
    assert compare(read_definitions(manifest(fact=other), project), locked) == []


PYTHON = """
from acme.fits import fit

def model(dbt, session):
    return fit(dbt.ref("stg_answers").df(), dbt.config.meta_get("min_sample"))
"""
FITS = '''
"""What is fitted."""
from acme import numbers

def fit(rows, least):
    """Fit."""
    return rows[rows.score >= numbers.LEAST]  # of ten
'''


@pytest.fixture
def fitted(project):
    """Return the definitions where the fact is a model in Python over two modules."""
    source = project / "src" / "acme"
    source.mkdir(parents=True)

    def read(code=PYTHON, fits=FITS, numbers="LEAST = 7", meta=30, **changes):
        (source / "fits.py").write_text(fits)
        (source / "numbers.py").write_text(numbers)
        nodes = manifest(**changes)
        nodes["nodes"]["fact"] |= {
            "language": "python",
            "compiled_code": code,
            "raw_code": code,
            "columns": dict.fromkeys(["site", "is_promoter", "is_detractor"]),
            "config": {"meta": {"min_sample": meta}, "meta_keys_used": ["min_sample"]},
        }
        return read_definitions(nodes, project)

    return read


@pytest.mark.parametrize(
    ("changes", "is_moved"),
    [
        ({"code": PYTHON.replace(", dbt.config", ",  # least\n        dbt.config")}, 0),
        ({"fits": FITS.replace("Fit.", "Fit all.").replace("  # of ten", "")}, 0),
        ({"code": PYTHON.replace(".df()", ".df().head(9)")}, 1),
        ({"fits": FITS.replace(">=", ">")}, 1),
        ({"numbers": "LEAST = 8"}, 1),
        ({"meta": 31}, 1),
        # it may use any column of what it reads
        (
            {
                "staging": STAGING.replace(
                    "comment from", "upper(comment) as comment from"
                )
            },
            1,
        ),
        ({"staging": STAGING.replace("answer_id, team", "answer_id,\n  team")}, 0),
    ],
    ids=["format", "words", "code", "module", "its module", "meta", "parent", "spaces"],
)
def test_a_model_in_python_is_its_source_and_that_of_its_modules(
    fitted, changes, is_moved
):
    moved = {move.kpi_id for move in compare(fitted(**changes), fitted())}
    assert moved == ({"praise", "blame"} if is_moved else set())


def test_a_model_in_python_is_given_variables_by_name(fitted, project):
    assert fitted().kpis["praise"].parameters == {"min_sample": 30}


def test_the_changed_expression_is_shown(moves):
    details = moves(fact=FACT.replace(">= 9", ">= 8"))["praise"]
    assert any(line.startswith("-") and ">= 9" in line for line in details)
    assert any(line.startswith("+") and ">= 8" in line for line in details)


def test_a_lock_is_read_as_it_was_written(project):
    definitions = read_definitions(manifest(), project)
    write_lock(definitions, project / "definitions.lock")
    assert read_lock(project / "definitions.lock") == definitions


def test_parameters_are_those_the_lineage_reads(project):
    text = FACT.replace("<= 6", "<= 6 -- {{ var('min_sample') }}\n")
    definitions = read_definitions(manifest(fact=text), project)
    assert definitions.kpis["blame"].parameters == {"min_sample": 30}


def test_a_parameter_that_a_kpi_declares_is_that_of_no_other(project):
    text = FACT.replace("<= 6", "<= 6 -- {{ var('min_sample') }}\n")
    declaring = manifest(fact=text)
    declaring["metrics"]["p"]["config"]["meta"]["kpi"]["parameters"] = ["min_sample"]
    kpis = read_definitions(declaring, project).kpis
    assert kpis["praise"].parameters == {"min_sample": 30}
    assert kpis["blame"].parameters == {}


def test_parameters_are_found_in_the_columns_that_read_them(project):
    variables = {"min_sample": 30, "unread": "word"}
    values = stand_ins(variables)
    text = FACT.replace("<= 6", f"<= 6 + {values['min_sample']}")
    read = read_parameters(manifest(fact=text), list(variables), project)
    assert read == {"praise": set(), "blame": {"min_sample"}}


def test_a_moved_definition_is_locked_only_under_a_new_version_with_its_line(project):
    lock = project / "definitions.lock"
    assert update(read_definitions(manifest(), project), {}, lock) == 2
    moved = FACT.replace(">= 9", ">= 8")

    same_version = read_definitions(manifest(fact=moved), project)
    with pytest.raises(DefinitionsError, match="praise moved and still has version 1"):
        update(same_version, {}, lock)

    new_version = read_definitions(manifest(fact=moved, version=2), project)
    with pytest.raises(DefinitionsError, match="no line for version 2"):
        update(new_version, {"praise": {1}, "blame": {2}}, lock)
    assert update(new_version, {"praise": {2}, "blame": {2}}, lock) == 2
    assert compare(new_version, read_lock(lock)) == []


def test_sql_that_means_the_same_keeps_its_version(project):
    lock = project / "definitions.lock"
    update(read_definitions(manifest(), project), {}, lock)
    rewritten = FACT.replace("answers.score >= 9", "answers.score in (9, 10)")
    now = read_definitions(manifest(fact=rewritten), project)
    assert update(now, {}, lock, same_meaning=True) == 1
    assert compare(now, read_lock(lock)) == []


@pytest.mark.parametrize("text", ["", "kpis: 3", "kpis: {praise: {}}\nmodels: {}", "{"])
def test_a_broken_lock_is_an_error_that_says_so(tmp_path, text):
    lock = tmp_path / "definitions.lock"
    lock.write_text(text)
    with pytest.raises(DefinitionsError, match="is no lock"):
        read_lock(lock)


def test_a_missing_lock_says_what_writes_it(tmp_path):
    with pytest.raises(DefinitionsError, match="savoir definitions update"):
        read_lock(tmp_path / "definitions.lock")
