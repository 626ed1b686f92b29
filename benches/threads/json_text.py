"""Each thread writes and reads JSON of its own."""

import json

from _work import main


def work(size, thread):
    record = {"name": "thread", "n": thread, "items": [{"id": i, "text": f"item {i}", "x": i / 4} for i in range(50)]}
    for _ in range(size):
        assert json.loads(json.dumps(record)) == record


main(work, 1500)
