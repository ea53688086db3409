"""Rules that look at one file: its name, its lengths, what it calls and what it says."""

import os
import re
import statistics
import unicodedata

import cpp
import sources

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
MEDIAN_MAX = 120

# (what, where it is allowed, what to use instead)
BANNED = [
    (r"\babsl::Now\s*\(", r"^hub/base/clock\.h$", "Clock of hub/base/clock.h"),
    # gRPC takes deadlines in no other way.
    (r"^(?!.*\b(set_deadline|Shutdown)\().*\bsystem_clock\b", r"^hub/base/clock\.h$",
     "Clock of hub/base/clock.h"),
    (r"\b(std::)?time\s*\(\s*(nullptr|NULL|0)\s*\)", r"^$", "Clock of hub/base/clock.h"),
    (r"\bgettimeofday\s*\(", r"^$", "Clock of hub/base/clock.h"),
    (r"\brandom_device\b", r"^$", "IdMint of hub/base/ids.h"),
    (r"\b(std::rand|srand|rand)\s*\(", r"^$", "IdMint of hub/base/ids.h, or a seeded engine"),
    (r"\b(sleep|usleep|nanosleep|absl::SleepFor)\s*\(", r"^$", "a condition variable or a timer"),
    (r"\bsleep_(for|until)\b", r"^$", "a condition variable or a timer"),
    (r"\babsl::Mutex\b", r"^$",
     "Mutex of hub/base/mutex.h: ThreadSanitizer cannot see into Debian's Abseil"),
    # spdlog's template knows none but std::mutex.
    (r"(?<!base_sink<)\bstd::((recursive_|shared_|timed_|recursive_timed_|shared_timed_)?mutex"
     r"|lock_guard|unique_lock|scoped_lock|shared_lock|condition_variable(_any)?)\b",
     r"^hub/base/mutex\.h$", "Mutex, MutexLock or CondVar of hub/base/mutex.h"),
    (r"(?<![\w.>:])(::|std::)?(system|popen)\s*\(", r"^$", "posix_spawn with an argument list"),
    (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|alloca)\s*\(", r"^$", "std::string"),
    (r"\b(atoi|atol|atoll|atof)\s*\(", r"^$", "absl::SimpleAtoi, which reports errors"),
    (r"\bstd::async\b", r"_test\.cc$|^tests/", "Executor of hub/base/executor.h"),
    (r"\.detach\s*\(\s*\)", r"^$", "a thread that is joined"),
    (r"\bthrow\b", r"^$", "absl::Status"),
    (r"(?<!\w)assert\s*\(", r"^$", "SWITCHBOARD_ASSERT, which stays on in production"),
    (r"\bv1::(Masked\w+|SyncResponse::Change)\b", r"^hub/masking/|^(adapters|clients|tests)/",
     "WirePage of hub/masking/wire_page.h, which looks at what leaves for a vendor"),
    (r"\busing namespace\b(?! std::\w+_literals)", r"^$", "using declarations"),
]
BANNED_NAME_WORDS = {"util", "utils", "common", "manager", "helper", "helpers", "impl", "handler",
                     "handlers", "misc"}
# Written in pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile("|".join(["/wo" "rk/", "/ho" "me/", "/tmp/s" "b"]))
# Not "XX" "X" as a value: no currency.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|(?<!\")XX" r"X(?!\")|HA" r"CK)\b")
DECLARATION = re.compile(
    r"\s*(message|enum|service|rpc|oneof|extend)\b|[^/]*=\s*-?\d+\s*[\[;]")


def check(texts, paths, findings):
    """All of these rules over {path: text}; names are looked at of all paths. Returns the median
    number of lines of C++ sources."""
    lengths = []
    for path in paths:
        check_name(path, findings)
    for path, text in texts.items():
        check_text(path, text, findings)
        if sources.is_cpp(path):
            code = cpp.code_of(text)
            lengths.append(text.count("\n"))
            check_lengths(path, text, code, findings)
            check_calls(path, code, findings)
            if path.endswith(".h") and "#pragma once" not in text:
                findings.add(path, 1, "pragma-once", "missing")
        elif path.endswith(".proto"):
            check_lengths(path, text, text, findings)
            check_proto(path, text, findings)
        elif path.endswith(".py") or text.startswith("#!"):
            check_lengths(path, text, text, findings)
    median = statistics.median(lengths) if lengths else 0
    if median > MEDIAN_MAX:
        findings.add(".", 1, "median-length",
                     f"half of the C++ sources are longer than {median:g} lines")
    return median


def check_lengths(path, text, code, findings):
    lines = text.split("\n")
    if len(lines) - 1 > FILE_LINES_MAX:
        findings.add(path, len(lines) - 1, "file-length", f"more than {FILE_LINES_MAX} lines")
    raw = cpp.raw_string_lines(text)
    for number, line in enumerate(lines, 1):
        width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        if width > COLUMNS_MAX and number not in raw and not line.startswith("#include"):
            findings.add(path, number, "line-length", f"{width} columns")
    if sources.is_cpp(path):
        for number, length in cpp.function_lengths(code):
            if length > FUNCTION_LINES_MAX:
                findings.add(path, number, "function-length", f"{length} lines")


def check_calls(path, code, findings):
    for number, line in enumerate(code.split("\n"), 1):
        for pattern, allowed, instead in BANNED:
            match = re.search(pattern, line)
            if match and not re.search(allowed, path):
                found = match.group(0).split()[-1]
                findings.add(path, number, "banned-call", f"{found}: use {instead}")


def check_proto(path, text, findings):
    """A comment line for each declaration, at least."""
    comments = sum(1 for line in text.split("\n") if line.strip().startswith("//"))
    declarations = sum(1 for line in text.split("\n") if DECLARATION.match(line))
    if comments < declarations:
        findings.add(path, 1, "proto-comments",
                     f"{comments} comment lines for {declarations}")


def check_name(path, findings):
    words = set(re.split(r"[^a-z]+", os.path.basename(path).lower().rsplit(".", 1)[0]))
    for word in sorted(words & BANNED_NAME_WORDS):
        findings.add(path, 1, "file-name", f"'{word}' says nothing; name what it is")


def check_text(path, text, findings):
    for number, line in enumerate(text.split("\n"), 1):
        if MACHINE_PATHS.search(line):
            findings.add(path, number, "machine-path", "path of one machine")
        if UNFINISHED.search(line):
            findings.add(path, number, "unfinished", "finish it or drop it")
    if os.path.basename(path) == "package-lock.json" and '"resolved"' in text:
        findings.add(path, 1, "lock-file",
                     "names a registry; npm install --omit-lockfile-registry-resolved")
