"""Rules of who includes whom. The walls stand in walls.py; here they are read and held.

A room is a folder of C++ sources that the table of walls names, with what lies below it. A file at
the root of hub/, clients/, adapters/ or tests/ is a room of its own, named without its ending:
hub/hub is hub.h and hub.cc.
"""

import os
import re
import textwrap

import cpp

OURS = re.compile(r"^(hub|adapters|clients|tests)/")
GRPC_HEADER = re.compile(r"^(grpcpp|grpc\+\+|grpc)/|\.grpc\.pb\.h$")
HEAVY_HEADER = re.compile(
    r"^(boost|CLI|spdlog|yaml-cpp|phonenumbers|unicode|prometheus|nlohmann(?!/json_fwd)|gmock)/")
# Where the table of walls stands.
TABLE = "tests/tree/walls.py"


def room_of(path, walls):
    """The table's room of a file, or of a header that is included; else its folder."""
    room = re.sub(r"\.(cc|h)$", "", path)
    if room in walls.rooms or os.path.dirname(path) in ("hub", "clients", "adapters", "tests"):
        return room
    folder = os.path.dirname(path)
    while folder and folder not in walls.rooms:
        folder = os.path.dirname(folder)
    return folder or os.path.dirname(path)


def is_test_source(path, walls):
    """Tests may include what they please. What of tests/ has walls of its own is no test."""
    return path.endswith("_test.cc") or (
        path.startswith("tests/") and room_of(path, walls) not in walls.rooms)


def test_headers(texts, walls):
    """Headers that none but tests include: what tests of a folder share."""
    users = {}
    for path, text in texts.items():
        for _, target in cpp.includes_of(text):
            users.setdefault(target, set()).add(path)
    result = set()
    while True:
        more = {header for header, by in users.items() if header not in result
                and all(is_test_source(user, walls) or user in result for user in by)}
        if not more:
            return result
        result |= more


def graph_of(texts, walls):
    """(path, line, header of this project) of all includes that walls are about: those of another
    room, by what is no test."""
    shared_by_tests = test_headers(texts, walls)
    for path, text in texts.items():
        if is_test_source(path, walls) or path in shared_by_tests or not OURS.match(path):
            continue
        for line, target in cpp.includes_of(text):
            if OURS.match(target) and room_of(target, walls) != room_of(path, walls):
                yield path, line, target


def check(texts, walls, findings):
    """All of these rules over {path: text} of C++ sources."""
    check_table(walls, findings)
    used = set()
    for path, line, target in graph_of(texts, walls):
        room = room_of(path, walls)
        doors = walls.rooms.get(room)
        if doors is None:
            findings.add(path, line, "include-order", f"{TABLE} does not know the room {room}")
            continue
        door = next((d for d in (target, room_of(target, walls)) if d in doors), None)
        if door is None:
            findings.add(path, line, "include-order", f"{room} may not include {target}")
        used.add((room, door))
    here = {room_of(path, walls) for path in texts}
    for room, doors in walls.rooms.items():
        if room not in here:
            findings.add(TABLE, walls.line_of(room), "wall-too-wide", f"there is no {room}")
        for door in doors if room in here else []:
            if (room, door) not in used:
                findings.add(TABLE, walls.line_of(room), "wall-too-wide",
                             f"{room} does not include {door}")
    check_headers(texts, walls, findings)


def check_table(walls, findings):
    """No circle, and no arrow back up: each room includes those above it in the table only."""
    before = set()
    for room, doors in walls.rooms.items():
        for door in doors:
            target = room_of(door, walls) if door.endswith(".h") else door
            if target not in before:
                findings.add(TABLE, walls.line_of(room), "wall-order",
                             f"{room} includes {door}, which does not stand above it")
            if room in walls.pure and target != "hub/base":
                findings.add(TABLE, walls.line_of(room), "wall-order",
                             f"{room} is pure and includes hub/base only, not {door}")
        before.add(room)


def check_headers(texts, walls, findings):
    """Headers of others, which belong to few places."""
    shared_by_tests = test_headers(texts, walls)
    used = set()
    for path, text in texts.items():
        if is_test_source(path, walls) or path in shared_by_tests:
            continue
        for line, target in cpp.includes_of(text):
            if GRPC_HEADER.search(target):
                place = next((place for place in walls.grpc if path.startswith(place)), None)
                used.add(place)
                if place is None:
                    findings.add(path, line, "grpc-edge", f"{target} belongs to hub/edge")
            if path.endswith(".h") and HEAVY_HEADER.match(target):
                findings.add(path, line, "heavy-header", f"include {target} in a .cc only")
    for place in walls.grpc:
        if place not in used:
            findings.add(TABLE, walls.line_of(place), "wall-too-wide",
                         f"{place} includes nothing of gRPC")


def table_of(texts, walls):
    """The walls that the includes would fit exactly, as walls.py writes them: rooms in the order
    that they have there, new ones last. From outside the hub its headers are named singly."""
    doors = {room: set() for room in walls.rooms}
    here = {room_of(path, walls) for path in texts
            if OURS.match(path) and not is_test_source(path, walls)}
    doors.update({room: set() for room in sorted(here) if room not in doors})
    for path, _, target in graph_of(texts, walls):
        door = room_of(target, walls)
        is_single = target.startswith("hub/") and not path.startswith("hub/") and door != "hub/base"
        doors[room_of(path, walls)].add(target if is_single else door)
    place = {room: number for number, room in enumerate(doors)}
    lines = []
    for room in [room for room in doors if room in here]:
        names = sorted(doors[room], key=lambda door: (place.get(room_of(door, walls), 0), door))
        if room.startswith("hub/"):
            room, names = room[4:], [name.removeprefix("hub/") for name in names]
        rows = textwrap.wrap(" ".join(names), 88 - len(room)) or [""]
        pad = "\n" + " " * (len(room) + 8)
        lines.append(f'    "{room}": ' + pad.join(
            f'"{row} "' for row in rows[:-1]) + (pad if rows[1:] else "") + f'"{rows[-1]}",')
    return "\n".join(lines)
