"""What Zendesk's CSV export and a loader's tables become."""

import json

EXPORT = (
    "Summation column,Id,Requester,Requester id,Requester email,Assignee,Group,Tags,"
    "Status,Priority,Via,Created at,Updated at,Satisfaction Score,Reopens,"
    "First reply time in minutes,Status\n"
    "1,101,Ann,50,ann@example.com,Zoe,Returns,vip spam,Open,-,Mail,2026-01-10 10:00,"
    "2026-01-12 10:00,Good,0,30,own field\n"
    "1,102,Ann,50,,Zoe,Returns,,,-,Mail,2026-01-10 10:00,2026-01-12 10:00,Good,0,30,\n"
)


def test_the_csv_export(folders, only):
    row = only("zendesk/whatever.csv", EXPORT)
    assert (row.entity, row.rows_landed, row.rows_rejected) == ("ticket_exports", 1, 1)
    assert row.message == "columns in _unknown: Summation column, Requester, Status"
    [ticket] = folders.rows("zendesk/ticket_exports")
    assert (ticket["id"], ticket["group_name"], ticket["via"]) == (
        "101",
        "Returns",
        "Mail",
    )
    assert (ticket["status"], ticket["priority"]) == ("Open", None)
    assert (ticket["tags"], ticket["reopens"]) == ('["vip","spam"]', "0")
    assert folders.reasons() == [(3, "status: missing (a value is required)")]


def test_a_loader_s_tickets_users_and_tags(folders):
    folders.write(
        "zendesk/ticket_data.csv",
        "id,_fivetran_synced,created_at,status,updated_at,via_channel,requester_id\n"
        "1595,2020-03-20 02:32:49.426,2020-02-19 01:54:52,deleted,2020-02-19 01:55:11,"
        "Web,50\n1596,,2020-02-19 01:54:52,open,2020-02-19 01:55:11,,50\n",
    )
    folders.write("zendesk/user_data.csv", "id,active,role\n50,TRUE,end-user\n")
    folders.write("zendesk/ticket_tag_data.csv", "tag,ticket_id\nvip,1595\n,1595\n")
    folders.land()
    tickets = folders.rows("zendesk/tickets")
    assert [(t["id"], t["via"]) for t in tickets] == [
        ("1595", '{"channel":"web"}'),
        ("1596", None),
    ]
    assert folders.column("zendesk/users", "active") == ["true"]
    assert folders.column("zendesk/ticket_tags", "tag") == ["vip"]
    assert folders.reasons() == [(3, "tag: missing (a value is required)")]


def test_a_loader_s_comments_become_audits(folders):
    folders.write(
        "zendesk/ticket_comment_data.csv",
        "id,created,public,ticket_id,user_id,body\n"
        "9,2020-02-11 07:49:14,FALSE,1077,50,x\n10,soon,TRUE,1077,50,x\n",
    )
    comment = {"id": 11, "ticket_id": 1077, "public": True, "author_id": 50}
    comment |= {"created_at": "2020-02-12T00:00:00Z", "via": {"channel": "web"}}
    folders.write(
        "zendesk/airbyte.ndjson",
        json.dumps({"stream": "ticket_comments", "data": comment}) + "\n",
    )
    folders.land()
    json_audit, csv_audit = folders.rows("zendesk/ticket_audits")
    assert (csv_audit["id"], csv_audit["ticket_id"], csv_audit["author_id"]) == (
        "9",
        "1077",
        "50",
    )
    assert csv_audit["created_at"] == "2020-02-11 07:49:14"
    assert json.loads(csv_audit["events"]) == [
        {"id": "9", "type": "Comment", "public": "false", "author_id": "50"}
    ]
    [event] = json.loads(json_audit["events"])
    assert (event["type"], event["public"]) == ("Comment", True)
    assert folders.reasons()[0][1].startswith("created_at: 'soon' is not a timestamp")


def test_a_loader_s_field_history_becomes_audits(folders):
    folders.write(
        "zendesk/ticket_field_history_data.csv",
        "field_name,ticket_id,updated,user_id,value\n"
        "status,7,2020-08-29 11:01:27,50,solved\n"
        "status,7,2020-08-28 11:01:27,,open\n"
        "group_id,7,2020-08-28 11:01:27,,\n",
    )
    folders.land()
    solved, opened, group = folders.rows("zendesk/ticket_audits")
    assert (opened["author_id"], solved["author_id"]) == ("-1", "50")
    assert solved["created_at"] == "2020-08-29 11:01:27"
    [first], [then] = json.loads(opened["events"]), json.loads(solved["events"])
    assert (first["type"], first["value"], first["previous_value"]) == (
        "Create",
        "open",
        None,
    )
    assert (then["type"], then["value"], then["previous_value"]) == (
        "Change",
        "solved",
        "open",
    )
    assert json.loads(group["events"])[0]["value"] is None


def test_other_tables_are_named(folders):
    folders.write("zendesk/brand_data.csv", "id,name\n1,x\n")
    folders.write("zendesk/ticket_chat_data.csv", "chat_id,ticket_id\n1,2\n")
    brand, chat = folders.land().files
    assert brand.message.startswith("the file name matches nothing; expected JSON")
    assert chat.message.startswith("the header lacks required columns id, created_at,")
