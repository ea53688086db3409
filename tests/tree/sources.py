"""The files of the tree, and what is found wrong in them."""

import os
import re
import subprocess

# Files of others, kept as published.
FOREIGN = re.compile(r"^(LICENSE|protos/google/|clients/demo/data/)")
BINARY = re.compile(r"\.(binpb|png|gz|db|ico)$")


class Findings:
    def __init__(self):
        self.items = []

    def add(self, path, line, rule, what):
        self.items.append({"path": path, "line": line, "rule": rule, "what": what})


def tree_files(root):
    """Paths of the tree: what git tracks or would track; without git, what is not built."""
    git = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard"], capture_output=True)
    if git.returncode == 0 and os.path.exists(os.path.join(root, ".git")):
        names = [os.fsdecode(n) for n in git.stdout.split(b"\0") if n]
    else:
        names = []
        for folder, folders, files in os.walk(root):
            folders[:] = [f for f in folders
                          if f not in (".git", "build", "node_modules", "__pycache__")]
            names += [os.path.relpath(os.path.join(folder, f), root) for f in files]
    return sorted({n for n in names if os.path.isfile(os.path.join(root, n))})


def texts_of(root, paths):
    """{path: text} of those that are the project's own and no binaries."""
    texts = {}
    for path in paths:
        if not FOREIGN.match(path) and not BINARY.search(path):
            with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                texts[path] = file.read()
    return texts


def is_cpp(path):
    return path.endswith((".cc", ".h"))
