# SPDX-License-Identifier: Apache-2.0
"""Loops in the manner of pyperformance: `loops.py NAME` works for some 0.3 s and prints a checksum."""
import json
import re
import sys


def floats():
    """Five bodies that attract each other."""
    bodies = [[float(i), i * 0.5 + 1, 2.0 - i, 0.0, 0.1 * i, 0.0, 1.0 + i] for i in range(5)]
    for _ in range(40000):
        for i, a in enumerate(bodies):
            for b in bodies[i + 1:]:
                dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
                pull = 0.001 / ((dx * dx + dy * dy + dz * dz + 0.01) ** 1.5)
                a[3] -= dx * b[6] * pull
                a[4] -= dy * b[6] * pull
                a[5] -= dz * b[6] * pull
                b[3] += dx * a[6] * pull
                b[4] += dy * a[6] * pull
                b[5] += dz * a[6] * pull
        for a in bodies:
            a[0] += 0.001 * a[3]
            a[1] += 0.001 * a[4]
            a[2] += 0.001 * a[5]
    return round(sum(a[0] + a[1] + a[2] for a in bodies), 6)


def texts():
    """JSON there and back."""
    rows = [{"id": i, "name": "row %d" % i, "tags": ["a", "b", str(i)], "x": i / 8} for i in range(500)]
    value = {"rows": rows}
    total = 0
    for _ in range(450):
        value = json.loads(json.dumps(value))
        total += sum(row["id"] for row in value["rows"])
    return total


def patterns():
    """Regular expressions over a log."""
    form = "2026-01-%02d 10:%02d:00 host%d GET /path/%d?q=%d 200\n"
    log = "".join(form % (i % 28 + 1, i % 60, i % 9, i, i * 3) for i in range(5000))
    line = re.compile(
        r"^(\d+)-(\d+)-(\d+) (\S+) (host\d) (GET|POST) (/[a-z]+/(\d+))\?q=(\d+) (\d{3})$", re.M)
    total = 0
    for _ in range(100):
        total += sum(int(match.group(9)) for match in line.finditer(log))
        total += len(re.sub(r"host[0-4]", "h", log))
    return total


def objects():
    """Dictionaries, strings, lists and small objects, made and dropped."""
    total = 0
    for turn in range(70):
        words = {}
        for i in range(15000):
            key = "word-%d" % (i * 7 % 5003)
            words[key] = words.get(key, 0) + 1
        order = sorted(words.items(), key=lambda item: (-item[1], item[0]))
        total += sum(len(" ".join(pair[0] for pair in order[at:at + 10])) for at in range(0, len(order), 10))
        total += turn
    return total


print({"floats": floats, "texts": texts, "patterns": patterns, "objects": objects}[sys.argv[1]]())
