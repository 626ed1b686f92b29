"""Regular expressions."""

import re
import sys

line = 'host%d - - [25/Nov/2026:04:%02d:11 +0000] "GET /page/%d?q=word HTTP/1.1" 200 %d'
text = "\n".join(line % (i, i % 60, i * 7, i * 100) for i in range(300))
log = re.compile(r'^(\S+) \S+ \S+ \[([^\]]+)\] "(GET|POST) ([^ "]+) HTTP/[\d.]+" (\d{3}) (\d+)$', re.M)
word = re.compile(r"\b[a-zA-Z]+\b")
date = re.compile(r"(?P<day>\d\d)/(?P<month>\w{3})/(?P<year>\d{4})")
size = int(sys.argv[1]) if len(sys.argv) > 1 else 150
for _ in range(size):
    assert len(log.findall(text)) == 300
    assert len(word.findall(text)) > 1000
    assert date.sub(r"\g<year>-\g<month>-\g<day>", text).count("2026-Nov-25") == 300
    assert sum(len(m.group(4)) for m in log.finditer(text)) > 0
    assert len(re.split(r"[\s,;:]+", text)) > 1000
    assert re.search(r"(a|b)*c", "ab" * 200 + "d") is None
    for s in text.split("\n")[:100]:
        assert re.match(r"host\d+", s) and not re.fullmatch(r"host", s)
