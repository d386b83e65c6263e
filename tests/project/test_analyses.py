"""An audit query that no longer runs answers nothing."""

from savoir.paths import PROJECT


def test_every_analysis_runs_and_answers(demo, tmp_path):
    demo.copy(tmp_path / "copy").run(
        "dbt", "compile", "--select", "resource_type:analysis",
        "--target-path", str(tmp_path),
    )  # fmt: skip
    compiled = list((tmp_path / "compiled" / "savoir" / "analyses").glob("*.sql"))
    assert len(compiled) == len(list((PROJECT / "analyses").glob("*.sql"))) > 0
    for path in compiled:
        assert demo.read(path.read_text()), path.name
