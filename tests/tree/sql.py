"""Reads the SQL of C++ sources: string literals, and what tables they name."""

import re

import cpp

FIRST_WORD = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|BEGIN|COMMIT"
                        r"|ROLLBACK|SAVEPOINT|RELEASE|SET|LISTEN|NOTIFY|UNLISTEN|PRAGMA|LOCK"
                        r"|TRUNCATE|VACUUM)(\s|$)")
NAME = r"[a-z_][a-z0-9_]*"
WRITTEN = re.compile(rf"\b(?:INTO|UPDATE|DELETE\s+FROM|TABLE(?:\s+IF\s+(?:NOT\s+)?EXISTS)?"
                     rf"|INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}\s+ON)\s+({NAME})\b")
# FROM a x, b AS y JOIN c
READ = re.compile(rf"(?<!DELETE )\b(?:FROM|JOIN)\s+({NAME}(?:\s+(?:AS\s+)?{NAME})?"
                  rf"(?:\s*,\s*{NAME}(?:\s+(?:AS\s+)?{NAME})?)*)(?!\w*[.(])")
CREATED = re.compile(rf"^\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?({NAME})")


def statements_of(text):
    """(line, sql) of every string literal whose first word is a statement's."""
    return [(line, body) for line, body in cpp.literals_of(text) if FIRST_WORD.match(body)]


def without_values(sql):
    """Its text without that of quoted values."""
    return re.sub(r"'[^']*'", "''", sql)


def tables_of(sql):
    """({tables read}, {tables written}) of a statement, or of a piece of one."""
    bare = without_values(sql)
    read = {part.split()[0] for match in READ.finditer(bare) for part in match[1].split(",")}
    return read, set(WRITTEN.findall(bare))
