"""Who may include whom, and whose SQL may read a foreign table. Tables only; includes.py and
sql_owner.py read them.

A room includes itself, protos, and what stands beside it here: whole rooms, or single headers. Each
stands above in the table: no circle, and no arrow back up. The table fits the includes exactly:
tests/tidy refuses what is not listed, and what is listed and not used. When includes change,
tests/tidy --walls prints what would fit.
"""

import os

# Rooms of the hub and files at its root, from the bottom up.
HUB = {
    "base": "",
    "identity": "base",
    "guard": "base identity",
    "telemetry": "base",
    "storage": "base",
    "audit": "base telemetry storage",
    "book": "base storage",
    "stops": "base storage audit book",
    "routing": "base",
    "redaction": "base",
    "masking": "base",
    "rules": "base",
    "results": "base",
    "contracts": "base storage audit book stops routing masking rules results",
    "assignments": "base storage audit book redaction contracts",
    "core_feed": "base storage audit book",
    "contacts": "base storage",
    "disclosures": "base storage audit book",
    "legal_holds": "base storage audit book contacts",
    "unmasking": "base storage audit book stops masking contracts assignments disclosures",
    "deletions": "base storage audit book contracts assignments legal_holds",
    "promises": "base storage audit book rules contracts assignments core_feed",
    "feed": "base storage audit book redaction masking contracts assignments disclosures promises",
    "releases": "base storage audit book masking routing rules results contracts assignments feed",
    "sync": "base storage masking feed",
    "person_requests": "base storage audit book assignments core_feed",
    "permits": "base storage audit book stops masking rules contracts assignments disclosures "
               "deletions promises contacts",
    "outcomes": "base storage audit book stops redaction results contracts assignments core_feed "
                "deletions promises contacts permits",
    "ingest": "base storage audit book stops routing redaction rules contracts assignments "
              "core_feed contacts promises person_requests permits",
    "retention": "base storage audit book stops contracts assignments core_feed contacts "
                 "disclosures legal_holds unmasking deletions promises feed person_requests "
                 "permits outcomes ingest",
    "reports": "base telemetry storage audit book stops masking contracts assignments core_feed "
               "contacts disclosures legal_holds unmasking deletions feed permits retention",
    "upkeep": "base storage audit book stops contracts assignments core_feed legal_holds "
              "unmasking deletions promises feed person_requests permits outcomes ingest "
              "retention",
    "api": "base identity guard storage audit book routing redaction masking rules results "
           "contracts assignments core_feed disclosures legal_holds unmasking deletions promises "
           "feed releases sync person_requests permits outcomes ingest retention reports upkeep",
    "config_problems": "base",
    "config": "base storage retention config_problems",
    "startup_files": "base storage config_problems config",
    "startup": "base identity guard telemetry routing rules results contracts config "
               "startup_files",
    "hub": "base guard telemetry storage audit book redaction contracts unmasking deletions feed "
           "releases sync permits core_feed outcomes ingest retention upkeep api config",
    "restore": "base storage audit book stops permits core_feed retention upkeep hub",
    "connection_limits": "base guard",
    "awaited": "base",
    "configured_versions": "base telemetry storage contracts",
    "configured_packs": "base telemetry startup hub configured_versions",
    "configured_code_maps": "base telemetry startup hub configured_versions",
    "configured_scripts": "base telemetry startup hub configured_versions",
    "configured_texts": "base telemetry storage routing contracts startup hub awaited "
                        "configured_packs configured_code_maps configured_scripts",
    "watch": "base identity telemetry audit unmasking deletions permits outcomes retention reports "
             "upkeep hub",
    "edge": "base identity guard telemetry masking sync ingest api hub",
    "main": "base telemetry storage startup hub configured_texts connection_limits watch edge",
}
# Around the hub, from the bottom up. Of the hub's rooms only `base` is open to them as a whole.
AROUND = {
    "clients/printable_text": "",
    "clients/text_table": "clients/printable_text",
    "clients/transport": "hub/base hub/identity/certificate.h hub/identity/client_credentials.h "
                         "hub/identity/grpc_status.h hub/identity/material_files.h "
                         "hub/identity/peer.h hub/identity/statement_signature.h "
                         "hub/identity/tls_material.h",
    "clients/core": "hub/base clients/transport",
    "clients/cli": "hub/base hub/identity/certificate.h hub/identity/development_certificates.h "
                   "hub/identity/diagnose.h hub/identity/grpc_status.h "
                   "hub/identity/statement_signature.h hub/telemetry/process.h "
                   "hub/audit/chain.h hub/audit/checkpoint.h hub/audit/event_proof.h "
                   "hub/audit/heads.h hub/audit/log_check.h hub/audit/note.h "
                   "hub/routing/plan_check.h "
                   "hub/masking/exposure.h hub/masking/masker.h hub/masking/specimens.h "
                   "hub/rules/case_file.h hub/rules/compiled_pack.h hub/rules/pack_check.h "
                   "hub/results/code_map_check.h hub/results/compiled_map.h "
                   "hub/contracts/contract_check.h hub/contracts/script_check.h "
                   "hub/config.h hub/restore.h "
                   "clients/printable_text clients/text_table clients/transport",
    "clients/verify": "hub/base hub/audit/checkpoint.h hub/audit/event_proof.h "
                      "hub/audit/finding.h hub/audit/note.h clients/printable_text "
                      "clients/text_table",
    "adapters/codes": "",
    "adapters/client": "hub/base hub/identity/grpc_status.h hub/storage/sqlite.h "
                       "clients/transport",
    "adapters/example": "hub/base adapters/codes adapters/client",
    "tests/servers": "hub/base hub/identity/development_authority.h",
    "tests/rules/reference": "hub/rules/facts.h",
    "tests/redaction_report": "hub/base hub/redaction/clean_text.h hub/redaction/folded_text.h "
                              "hub/redaction/own_data.h",
    "tests/invariants": "hub/audit/chain.h hub/rules/facts.h tests/rules/reference",
    "clients/demo/people": "hub/base",
    "clients/demo/parties": "hub/base clients/core adapters/codes adapters/client "
                            "clients/demo/people",
    "clients/demo/evidence": "hub/base hub/identity/client_credentials.h "
                             "hub/identity/development_certificates.h hub/identity/grpc_status.h "
                             "hub/identity/certificate.h hub/identity/statement_signature.h "
                             "hub/masking/masker.h hub/audit/log_check.h "
                             "hub/routing/facts.h hub/routing/plan_check.h "
                             "hub/routing/router.h hub/rules/pack_check.h "
                             "hub/contracts/contract_check.h "
                             "clients/text_table clients/transport adapters/client "
                             "tests/invariants clients/demo/people clients/demo/parties",
    "clients/demo/director": "hub/base clients/text_table clients/transport/retry.h clients/core "
                             "tests/servers clients/demo/people clients/demo/parties "
                             "clients/demo/evidence",
    "clients/demo": "hub/base clients/demo/parties clients/demo/evidence clients/demo/director",
}
# Values in, values out: they include base and protos only, so that anyone may use them.
PURE = ["routing", "redaction", "masking", "rules", "results"]

# Where gRPC is known, besides tests: how the paths begin.
GRPC = ["hub/identity/", "hub/edge/", "clients/transport/", "clients/core/", "clients/cli/main.cc",
        "clients/cli/hub_calls.cc", "adapters/client/sync_stream.h",
        "clients/demo/evidence/hub_reader.cc"]

# {(room, table of another room or "*" for all): why its SQL may read it}
SQL_GUESTS = {
    ("feed", "vendor_counter"): "the newest sequence of a vendor beside its cursor",
    ("feed", "assignment"): "a page of the feed is one join",
    ("feed", "person"): "a page of the feed is one join",
    ("feed", "account"): "a page of the feed is one join",
    ("upkeep", "vendor"): "what other hubs changed is one look at all vendors",
    ("upkeep", "vendor_counter"): "what other hubs changed is one look at all vendors",
    ("reports", "*"): "lists what there is, and owns nothing",
}


class Walls:
    """The tables as the rules want them: rooms by their full names."""

    def __init__(self, rooms, pure=(), grpc=(), sql_guests=(), text=""):
        self.rooms = {room: doors.split() for room, doors in rooms.items()}
        self.pure = list(pure)
        self.grpc = list(grpc)
        self.sql_guests = list(sql_guests)
        self.text = text.split("\n")

    def line_of(self, *names):
        """Where the tables name a room, or a room and what it may read; 1 without a text."""
        entry = ", ".join(f'"{name.removeprefix("hub/")}"' for name in names)
        return next((number for number, line in enumerate(self.text, 1)
                     if entry + (":" if len(names) == 1 else ")") in line), 1)


def walls_of_this_tree():
    with open(os.path.realpath(__file__), encoding="utf-8") as file:
        text = file.read()
    rooms = {f"hub/{room}": " ".join(f"hub/{door}" for door in doors.split())
             for room, doors in HUB.items()}
    rooms.update(AROUND)
    return Walls(rooms, [f"hub/{room}" for room in PURE], GRPC,
                 [(f"hub/{room}", table) for room, table in SQL_GUESTS], text)
