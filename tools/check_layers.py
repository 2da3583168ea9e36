#!/usr/bin/env python3
"""Checks every #include against the law: a folder's gaffer_module line in src/CMakeLists.txt, and the floors
drawn in ARCHITECTURE.md. Prints one line per breach and exits non-zero if there is any."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
breaches = []

modules = {}
for line in (root / "src/CMakeLists.txt").read_text().splitlines():
    if match := re.match(r"gaffer_(?:module|program|bare_program)\((\S+?)(?: NAME \S+)?(?: NEEDS ([^)]*?))?(?: LIBS [^)]*)?\)", line):
        modules[match[1]] = (match[2] or "").split()

# The picture: "3  core/process" lines between ``` marks, the ground floor last.
floors = {}
for line in (root / "ARCHITECTURE.md").read_text().splitlines():
    if match := re.match(r"(\d)  (.*?)(?:   .*)?$", line):
        for folder in match[2].split():
            floors[folder] = int(match[1])

for module, needs in modules.items():
    if module not in floors:
        breaches.append(f"src/CMakeLists.txt: {module} stands on no floor of ARCHITECTURE.md")
    for need in needs:
        if floors.get(need, 0) >= floors.get(module, 99):
            breaches.append(f"src/CMakeLists.txt: {module} needs {need}, which is not on a floor below it")
for folder in floors:
    if folder not in modules:
        breaches.append(f"ARCHITECTURE.md: {folder} has a floor but no gaffer_module line")

# Who may speak to the system, and to libuv. The keeper's server has neither of the two folders that do so for all
# others: it has no heap, and no library.
SPEAKERS = ("os", "uv", "keeper/server", "programs/keeper")
SYSTEM = re.compile(r"^(sys/(?!types\.h)|linux/|netinet/|arpa/|(unistd|fcntl|poll|sched|dirent|grp|pwd|termios)\.h$)")


def check(path, module):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'#include ([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        place, header = f"{path.relative_to(root)}:{number}", match[2]
        is_test = path.name.endswith("_test.cc")
        if match[1] == "<":
            if header == "uv.h" and module != "uv":
                breaches.append(f"{place}: only uv/ includes <uv.h>")
            if SYSTEM.match(header) and module not in SPEAKERS and not is_test:
                breaches.append(f"{place}: only os/ and uv/ make system calls, so not <{header}>")
            continue
        folder = str(pathlib.PurePath(header).parent)
        is_bare = module in ("keeper/protocol", "keeper/server", "programs/keeper") and not is_test
        if folder == module or (folder in ("base", "gaffer") and not is_bare) or (is_test and folder == "support"):
            continue
        if folder not in modules.get(module, []):
            breaches.append(f"{place}: {module} may not include {header}: {folder} is not in its NEEDS")


for path in sorted((root / "src").rglob("*")):
    if path.suffix in (".h", ".cc"):
        module = str(path.parent.relative_to(root / "src"))
        if module not in modules:
            breaches.append(f"{path.relative_to(root)}: {module} has no gaffer_module line in src/CMakeLists.txt")
        else:
            check(path, module)
for path in sorted((root / "include/gaffer").glob("*.h")):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        allowed = r"std(def|int)\.h$" if path.name == "gaffer.h" else r"gaffer/|sys/types\.h$|[a-z_]+$|tl/expected"  # C's.
        if (match := re.match(r'#include [<"]([^>"]+)', line)) and not re.match(allowed, match[1]):
            breaches.append(f"{path.relative_to(root)}:{number}: a public header includes {match[1]}")

print("\n".join(breaches) or f"{len(modules)} modules keep their floors")
sys.exit(1 if breaches else 0)
