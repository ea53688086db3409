"""Reads C++ as far as the rules of the tree need it, without a compiler."""

import re

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\\\s]{0,16})\((?P<raw>.*?)\)(?P=tag)"'
    r'|"(?P<plain>(?:\\.|[^"\\\n])*)"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def line_at(text, position):
    return text.count("\n", 0, position) + 1


def spaces(match):
    """As many, in place of what was matched; line ends stay."""
    return re.sub(r"[^\n]", " ", match.group(0))


def blank(match):
    """Spaces in place of a comment or the inside of a literal."""
    inside = spaces(match)
    return inside if match.group(0)[0] == "/" else '"' + inside[1:-1] + '"'


def code_of(text):
    return TOKEN.sub(blank, text)


def includes_of(text):
    """(line, header) of each #include."""
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', text, re.MULTILINE):
        yield line_at(text, match.start()), match.group(1)


def literals_of(text):
    """(line, content) of each string literal; literals that follow each other are one."""
    found, end = [], None
    for match in TOKEN.finditer(text):
        body = match["raw"] if match["raw"] is not None else match["plain"]
        if body is None:
            continue
        if found and code_of(text[end:match.start()]).strip() == "":
            found[-1][1] += body
        else:
            found.append([line_at(text, match.start()), body])
        end = match.end()
    return [(line, body) for line, body in found]


def raw_string_lines(text):
    """Lines that a raw string touches: they cannot be broken."""
    result = set()
    for match in TOKEN.finditer(text):
        if match.group(0).startswith('R"'):
            first = line_at(text, match.start())
            result.update(range(first, first + match.group(0).count("\n") + 1))
    return result


def function_lengths(code):
    """(line of the signature, lines) of each function body at namespace or class level. Lines of
    literal tables (= {…}) inside a body are data and do not count."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", spaces, code, flags=re.MULTILINE)
    result, position, chunk = [], 0, 0
    while position < len(code):
        c = code[position]
        if c == "{":
            head = code[chunk:position]
            if is_scope(head):
                chunk = position + 1
            else:
                end = closing(code, position)
                after = re.match(r"\s*[,{]", code[end + 1:])
                if is_function(head) and not after:
                    skipped = re.match(r"(\s|(public|private|protected)\s*:)*", head).end()
                    start = code.count("\n", 0, chunk + skipped) + 1
                    lines = code.count("\n", 0, end) + 2 - start
                    result.append((start, lines - table_lines(code[position + 1:end])))
                    chunk = end + 1
                position = end
        elif c in ";}":
            chunk = position + 1
        position += 1
    return result


def table_lines(body):
    lines, position = 0, 0
    while match := re.compile(r"=\s*\{").search(body, position):
        position = closing(body, match.end() - 1)
        lines += body.count("\n", match.start(), position)
    return lines


def closing(code, position):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, position):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return match.start()
    return len(code) - 1


def without_brackets(text):
    while True:
        shorter = re.sub(r"\([^()]*\)|\{[^{}]*\}", " ", text)
        if shorter == text:
            return text
        text = shorter


def is_scope(head):
    head = re.sub(r"\bSWITCHBOARD_(SCOPED_)?CAPABILITY\b(\([^)]*\))?", " ", head)
    words = without_brackets(re.sub(r"\b(public|private|protected)\s*:", " ", head)).strip()
    words = re.sub(r"^template\s*<.*?>\s*(?=class|struct|union)", "", words, flags=re.DOTALL)
    return bool(re.match(r"(inline\s+)?namespace\b|extern\s*\"|class\b|struct\b|union\b", words)
                and "=" not in words and not re.match(r"struct\s+[\w:]+\s+\w+\s*$", words)) \
        and not re.match(r"(class|struct|union)\s+[\w:]+\s*[&*]?\s+[\w:~]+\s*\(", head.strip())


def is_function(head):
    rest = re.sub(r"operator\s*\S+", "operator", without_brackets(head))
    rest = re.sub(r"template\s*<[^{;]*?>", "", rest)
    return "(" in head and "=" not in rest
