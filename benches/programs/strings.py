"""Strings: building, splitting, searching, formatting, iterating; with and without ASCII."""

import sys


def run(text, n):
    total = 0
    for i in range(n):
        words = text.split(" ")
        joined = "-".join(words)
        total += len(joined.replace("e", "E").upper())
        total += text.find("lazy") + text.count("o")
        total += sum(1 for c in text if c.isalpha())
        line = f"{i:>8}|{words[i % len(words)]:<10}|{i / 3:.3f}"
        total += len(line.strip())
        total += len("%s=%d" % (words[0], i)) + len("{}:{}".format(i, words[1]))
        if line.startswith(" ") and "fox" in text:
            total += 1
        total += ord(text[i % len(text)])
        piece = text[5:20]
        total += hash(piece) == hash(text[5:20])
    built = ""
    for i in range(n):
        built += "x"
    return total + len(built)


size = int(sys.argv[1]) if len(sys.argv) > 1 else 25
for _ in range(size):
    run("the quick brown fox jumps over the lazy dog", 6000)
    run("füchse springen über den lazy Hund, 狐 und 犬", 3000)
