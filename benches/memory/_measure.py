"""Resident memory before and after something is made."""

import gc
import sys


def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def measure(make, default=1_000_000):
    n = int(sys.argv[1]) if len(sys.argv) > 1 else default
    before = resident()
    kept = make(n)
    grown = resident() - before
    print(f"bytes {grown} each {grown / n:.1f} kept {len(kept)}")
