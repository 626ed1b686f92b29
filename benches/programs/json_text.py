"""JSON there and back."""

import json
import sys

data = {
    "name": "taipan", "numbers": list(range(100)), "floats": [i / 7 for i in range(50)], "nested": {
        str(i): {"id": i, "tags": ["a", "bb", "ccc"], "ok": i % 2 == 0, "none": None, "text": "é\n\"quoted\" 漢"} for i in range(60)
    },
}
size = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
for _ in range(size):
    text = json.dumps(data)
    assert json.loads(text) == data
    text = json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)
    assert json.loads(text) == data
