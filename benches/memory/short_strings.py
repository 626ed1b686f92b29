"""1,000,000 short strings in a list."""

from _measure import measure

measure(lambda n: [f"s{i}" for i in range(n)])
