"""Rule sql-owner: SQL names a table only in the room that owns it.

The owner of a table stands above it in hub/storage/schema.cc, "// owner: stops", and holds for what
follows up to the next such line or the end of the list. A table that is made elsewhere belongs to
the room that makes it. Who else may read a table stands in walls.py, with the reason.
"""

import re

import cpp
import includes
import sql

SCHEMA = "hub/storage/schema.cc"
OWNER = re.compile(r"//\s*owner:\s*(\S+)\s*$")
# Catalogues of the engines.
ENGINES_OWN = re.compile(r"^(pg_|sqlite_)")


def is_domain_source(path, walls):
    return path.startswith("hub/") and not includes.is_test_source(path, walls)


def owners_of(texts, walls, findings):
    """{table: room}"""
    owners = headings_of(texts.get(SCHEMA, ""), walls, findings)
    for path, text in texts.items():
        if is_domain_source(path, walls):
            for line, statement in sql.statements_of(text):
                created = sql.CREATED.match(statement)
                if not created or created[1] in owners:
                    continue
                owners[created[1]] = includes.room_of(path, walls)
    return owners


def headings_of(schema, walls, findings):
    """{table: room}, of what stands below a heading."""
    owners, owner, end = {}, None, 0
    for match in cpp.TOKEN.finditer(schema):
        if "};" in schema[end:match.start()]:
            owner = None
        end = match.end()
        if heading := OWNER.match(match.group(0)):
            owner = "hub/" + heading[1]
            if owner not in walls.rooms:
                findings.add(SCHEMA, cpp.line_at(schema, match.start()), "sql-owner",
                             f"there is no room {owner}")
        created = sql.CREATED.match(match["raw"] or match["plain"] or "")
        if created and owner:
            owners[created[1]] = owner
    return owners


def check(texts, walls, findings):
    owners = owners_of(texts, walls, findings)
    used = set()
    for path, text in sorted(texts.items()):
        # The schema makes the tables of everybody.
        if not is_domain_source(path, walls) or path == SCHEMA:
            continue
        for line, body in cpp.literals_of(text):
            read, written = sql.tables_of(body)
            if sql.FIRST_WORD.match(body):
                for table in sorted(read | written):
                    if table not in owners and not ENGINES_OWN.match(table):
                        findings.add(path, line, "sql-owner", f"nobody owns a table {table}")
            for table in sorted((read | written) & owners.keys()):
                check_use(path, line, table, table in written, owners[table], walls, used, findings)
    for guest in walls.sql_guests:
        if guest not in used:
            findings.add(includes.TABLE, walls.line_of(*guest), "wall-too-wide",
                         f"{guest[0]} does not read {guest[1]}")


def check_use(path, line, table, is_written, owner, walls, used, findings):
    room = includes.room_of(path, walls)
    if room == owner:
        return
    if not is_written:
        for guest in ((room, table), (room, "*")):
            if guest in walls.sql_guests:
                used.add(guest)
                return
    does = "writes" if is_written else "reads"
    findings.add(path, line, "sql-owner", f"{room} {does} {table}, which {owner} owns")
