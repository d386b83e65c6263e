"""Ask Apache Superset, through its own REST API, what a published mart says.

Runs in Superset's environment: `superset_asks.py <SQLAlchemy URI> …`; prints a JSON
list, per URI the monthly scorecard of the service and its channels.
"""

import json
import sys

from superset.app import create_app

ASKED = ["kpi_id", "cut_value", "period_start_date"]
MEASURES = {"numerator": "SUM(numerator)", "denominator": "SUM(denominator)"}


def call(client, path, headers, **body):
    """Post to the API; return its answer, or stop with what it complains of."""
    answer = client.post(f"/api/v1/{path}", json=body, headers=headers)
    if answer.status_code not in (200, 201):
        sys.exit(f"{path}: {answer.status_code} {answer.get_data(as_text=True)}")
    return answer.get_json()


def scorecard(client, headers, number, uri):
    """Connect a database, make a dataset of v1.rpt_kpi_scorecard, and query it."""
    database = call(
        client,
        "database/",
        headers,
        database_name=f"SAVoir {number}",
        sqlalchemy_uri=uri,
    )
    dataset = call(
        client,
        "dataset/",
        headers,
        database=database["id"],
        schema="v1",
        table_name="rpt_kpi_scorecard",
    )
    answer = call(
        client,
        "chart/data",
        headers,
        datasource={"id": dataset["id"], "type": "table"},
        result_format="json",
        result_type="full",
        queries=[
            {
                "columns": ASKED,
                "metrics": [
                    {"expressionType": "SQL", "sqlExpression": sql, "label": label}
                    for label, sql in MEASURES.items()
                ],
                "filters": [
                    {"col": "cut", "op": "IN", "val": ["overall", "channel"]},
                    {"col": "period_grain", "op": "==", "val": "month"},
                ],
                "row_limit": 50_000,
            }
        ],
    )
    # in one Superset no two datasets may have the name of their table in common
    client.delete(f"/api/v1/dataset/{dataset['id']}", headers=headers)
    return answer["result"][0]["data"]


def main(uris):
    """Print what Superset says of each database."""
    client = create_app().test_client()
    login = {"username": "admin", "password": "admin", "provider": "db"}
    token = call(client, "security/login", {}, **login)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    said = [scorecard(client, headers, n, uri) for n, uri in enumerate(uris)]
    sys.stdout.write("\n" + json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1:])
