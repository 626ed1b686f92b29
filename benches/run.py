#!/usr/bin/env python3
"""Measures Python interpreters on the programs of this folder, each program on each interpreter in turn.

    benches/run.py [options] NAME=COMMAND [NAME=COMMAND ...]

A COMMAND may hold arguments: `gil=target/release/taipan -X gil=1`. The first interpreter is what the others are
compared with; ratios above 1 mean faster, or smaller, than it. Any Python from 3.8 runs this file.

Each program is run several times, the interpreters taking turns, so that a busy machine is unfair to all alike; the
best of the runs counts. CPU seconds are those of the process and its children, memory is the largest resident size.
"""

import argparse
import math
import os
import shlex
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
GROUPS = ("programs", "threads", "start", "memory")


class Interpreter:
    def __init__(self, text):
        name, separator, command = text.partition("=")
        if not separator:
            name, command = os.path.basename(text), text
        self.name = name
        self.command = shlex.split(command)


class Run:
    """What one run of one program cost."""

    def __init__(self, wall, cpu, rss, output):
        self.wall, self.cpu, self.rss = wall, cpu, rss
        self.values = {}
        words = output.split()
        for key, value in zip(words, words[1:]):
            try:
                self.values[key] = float(value)
            except ValueError:
                pass


def run(interpreter, arguments, limit):
    """Runs a program once; None with a reason if it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            interpreter.command + arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
        )
        # wait4 tells what this child used, and it alone.
        deadline = start + limit
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() > deadline:
                os.killpg(process.pid, 9)
                os.wait4(process.pid, 0)
                process.returncode = -9
                return None, "time limit"
            time.sleep(0.0005)
        wall = time.perf_counter() - start
        process.returncode = status
        if status:
            err.seek(0)
            lines = err.read().decode("utf-8", "replace").strip().splitlines()
            return None, lines[-1] if lines else "status %d" % status
        out.seek(0)
        output = out.read().decode("utf-8", "replace")
        return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output), None


class Measure:
    """One row: a program with its arguments, and how a number is made of a run of it."""

    def __init__(self, group, name, arguments, value, unit, smaller_is_better=True):
        self.group, self.name, self.arguments = group, name, arguments
        self.value, self.unit, self.smaller_is_better = value, unit, smaller_is_better


def measures():
    """Every row, in the order of the table."""
    rows = []

    def programs(group):
        folder = os.path.join(HERE, group)
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py") and not name.startswith("_"):
                yield name[:-3], os.path.join(folder, name)

    for name, path in programs("programs"):
        rows.append(Measure("programs", name, [path], lambda r: r.cpu, "s"))
    for name, path in programs("threads"):
        for count in (1, 2):
            # Pieces of work in a second of wall time.
            rows.append(Measure(
                "threads", "%s, %d" % (name, count), [path, str(count)],
                lambda r: r.values["work"] / r.values["seconds"], "/s", smaller_is_better=False,
            ))
    start = os.path.join(HERE, "start")
    each = lambda r: r.values["seconds"] / r.values["work"] * 1e6
    rows.append(Measure("start", "a thread", [os.path.join(start, "threads.py")], each, "us"))
    for method in ("fork", "spawn", "forkserver"):
        rows.append(Measure(
            "start", "a process by " + method, [os.path.join(start, "processes.py"), "20", method], each, "us"
        ))
    rows.append(Measure("start", "a sub-process", [os.path.join(start, "subprocesses.py")], each, "us"))
    rows.append(Measure("start", "an interpreter", [os.path.join(start, "interpreters.py")], each, "us"))
    rows.append(Measure("start", "-c pass", ["-c", "pass"], lambda r: r.wall * 1e6, "us"))
    for name, path in programs("memory"):
        if name == "startup":
            rows.append(Measure("memory", name, [path], lambda r: r.values["vmrss"] / 1e6, "MB"))
        else:
            rows.append(Measure("memory", name, [path], lambda r: r.values["each"], "bytes"))
    return rows


def best(runs, measure):
    values = [measure.value(r) for r in runs]
    return min(values) if measure.smaller_is_better else max(values)


def ratio(measure, first, other):
    if first is None or other is None or first <= 0 or other <= 0:
        return None
    return first / other if measure.smaller_is_better else other / first


def geometric_mean(values):
    values = [v for v in values if v]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def number(value):
    if value is None:
        return "-"
    return "%.0f" % value if value >= 1000 else "%.3g" % value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("interpreters", nargs="+", metavar="NAME=COMMAND")
    parser.add_argument("--runs", type=int, default=3, help="runs of each program on each interpreter")
    parser.add_argument("--filter", default="", help="only rows whose `group/name` contains one of these, by commas")
    parser.add_argument("--limit", type=float, default=120, help="seconds one run may take")
    parser.add_argument("--markdown", metavar="FILE", help="write the table there too")
    options = parser.parse_args()

    interpreters = [Interpreter(text) for text in options.interpreters]
    first = interpreters[0]
    wanted = options.filter.split(",")
    rows = [m for m in measures() if any(w in "%s/%s" % (m.group, m.name) for w in wanted)]

    table = []
    for measure in rows:
        runs = {i.name: [] for i in interpreters}
        failed = {}
        for _ in range(options.runs):
            for i in interpreters:
                if i.name in failed:
                    continue
                result, reason = run(i, measure.arguments, options.limit)
                if result is None:
                    failed[i.name] = reason
                    print("%s/%s on %s: %s" % (measure.group, measure.name, i.name, reason), file=sys.stderr)
                else:
                    runs[i.name].append(result)
        row = {}
        for i in interpreters:
            mine = runs[i.name]
            if i.name in failed or not mine:
                row[i.name] = None
            else:
                row[i.name] = (
                    best(mine, measure), min(r.wall for r in mine), min(r.cpu for r in mine), max(r.rss for r in mine)
                )
        table.append((measure, row))
        print_row(measure, row, interpreters)

    lines = summary(table, interpreters)
    print()
    print("\n".join(lines))
    if options.markdown:
        with open(options.markdown, "w") as file:
            file.write("\n".join(markdown(table, interpreters) + ["", *lines, ""]))


def print_row(measure, row, interpreters):
    first = row[interpreters[0].name]
    cells = []
    for i in interpreters:
        mine = row[i.name]
        if mine is None:
            cells.append("%s: failed" % i.name)
            continue
        value, wall, cpu, rss = mine
        text = "%s: %s %s" % (i.name, number(value), measure.unit)
        text += " (wall %.3f cpu %.3f s, %.0f MB)" % (wall, cpu, rss / 1e6)
        if first is not None and i is not interpreters[0]:
            text += " x%.2f" % ratio(measure, first[0], value)
        cells.append(text)
    print("%s/%s  %s" % (measure.group, measure.name, "  ".join(cells)), flush=True)


def summary(table, interpreters):
    """Geometric means by group, and what two threads do over one."""
    lines = []
    first = interpreters[0].name
    for group in GROUPS:
        for i in interpreters[1:]:
            ratios = [
                (ratio(m, row[first][0], row[i.name][0]), m.name)
                for m, row in table if m.group == group and row[first] and row[i.name]
            ]
            if ratios:
                mean = geometric_mean([r for r, _ in ratios])
                worst = min(ratios)
                lines.append(
                    "%s: %s against %s: geometric mean %.2f, worst %.2f (%s)" % (group, i.name, first, mean, *worst)
                )
    threads = {m.name: row for m, row in table if m.group == "threads"}
    for name in sorted({name.rsplit(",", 1)[0] for name in threads}):
        one, two = threads.get(name + ", 1"), threads.get(name + ", 2")
        if one and two:
            parts = [
                "%s %.2f" % (i.name, two[i.name][0] / one[i.name][0])
                for i in interpreters if one[i.name] and two[i.name]
            ]
            lines.append("two threads over one, %s: %s" % (name, ", ".join(parts)))
    return lines


def markdown(table, interpreters):
    names = [i.name for i in interpreters]
    head = ["program", "unit"] + names + ["%s / %s" % (name, names[0]) for name in names[1:]]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for measure, row in table:
        first = row[names[0]]
        cells = [measure.name, measure.unit] + [number(row[n][0] if row[n] else None) for n in names]
        for name in names[1:]:
            known = first is not None and row[name] is not None
            value = ratio(measure, first[0], row[name][0]) if known else None
            cells.append("%.2f" % value if value else "-")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    main()
