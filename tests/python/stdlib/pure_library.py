"""Parts of the pure library that programs reach for first."""

import argparse
import base64
import bisect
import contextlib
import copy
import csv
import dataclasses
import datetime
import decimal
import enum
import fractions
import heapq
import io
import json
import logging
import pathlib
import pickle
import pprint
import queue
import shlex
import statistics
import tempfile
import textwrap
import traceback
import uuid

parser = argparse.ArgumentParser(prog="p")
parser.add_argument("--n", type=int, default=1)
assert parser.parse_args(["--n", "5"]).n == 5 and base64.b64encode(b"abc") == b"YWJj" and bisect.bisect([1, 3], 2) == 1 and copy.deepcopy([[1]]) == [[1]]


@dataclasses.dataclass(order=True, frozen=True)
class P:
    x: int
    y: list = dataclasses.field(default_factory=list)


assert P(1) == P(1, []) and repr(P(1)) == "P(x=1, y=[])" and dataclasses.asdict(P(2)) == {"x": 2, "y": []} and P(1) < P(2) and pickle.loads(pickle.dumps(P(3))) == P(3)


class Color(enum.Enum):
    RED = 1
    BLUE = enum.auto()


class Flags(enum.Flag):
    A = 1
    B = 2


assert Color.RED.value == 1 and Color(2) is Color.BLUE and repr(Color.RED) == "<Color.RED: 1>" and Color["RED"] is Color.RED and (Flags.A | Flags.B).value == 3 and len(Color) == 2
assert datetime.datetime(2026, 11, 25, 12).isoformat() == "2026-11-25T12:00:00" and datetime.date(2026, 11, 25).weekday() == 2 and datetime.timedelta(days=1) / 2 == datetime.timedelta(hours=12)
assert decimal.Decimal("0.1") + decimal.Decimal("0.2") == decimal.Decimal("0.3") and fractions.Fraction(1, 3) + fractions.Fraction(1, 6) == fractions.Fraction(1, 2) and statistics.mean([1, 2, 3]) == 2
h = [3, 1, 2]
heapq.heapify(h)
assert heapq.heappop(h) == 1 and heapq.nlargest(1, [1, 5, 2]) == [5] and json.loads(json.dumps({"a": [1, 2.5, None, True, "é"]})) == {"a": [1, 2.5, None, True, "é"]}
assert list(csv.reader(io.StringIO('a,"b,c"\n1,2\n'))) == [["a", "b,c"], ["1", "2"]] and shlex.split("a 'b c'") == ["a", "b c"] and textwrap.dedent("  a\n  b") == "a\nb" and pprint.pformat({1: 2}) == "{1: 2}"
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "f.txt"
    path.write_text("text")
    assert path.read_text() == "text" and path.suffix == ".txt" and [p.name for p in pathlib.Path(folder).iterdir()] == ["f.txt"]
stream = io.StringIO()
logger = logging.getLogger("t")
logger.addHandler(logging.StreamHandler(stream))
logger.warning("warned %s", 5)
assert stream.getvalue() == "warned 5\n" and str(uuid.UUID(int=5)).endswith("5") and uuid.uuid4().version == 4


@contextlib.contextmanager
def manager():
    yield 5


with manager() as value, contextlib.suppress(KeyError), contextlib.ExitStack() as stack, contextlib.redirect_stdout(io.StringIO()) as out:
    print(value)
    raise KeyError
assert out.getvalue() == "5\n"
try:
    1 / 0
except ZeroDivisionError as error:
    assert traceback.format_exception(error)[-1] == "ZeroDivisionError: division by zero\n"
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    data = [1, 2**70, 1.5, "té", b"b", (1,), {"k": {1}}, None, True, Color.RED, P(1), len, frozenset([1])]
    assert pickle.loads(pickle.dumps(data, protocol)) == data
