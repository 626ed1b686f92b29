"""Each thread searches a text of its own with one shared pattern."""

import re

from _work import main

pattern = re.compile(r"(\w+)@(\w+)\.com|\b(\d{3})-(\d{4})\b")


def work(size, thread):
    text = " ".join(f"user{i}@host{i}.com and 555-{1000 + i} or nothing" for i in range(100))
    for _ in range(size):
        assert len(pattern.findall(text)) == 200
        assert pattern.sub("-", text).count("-") == 200


main(work, 400)
