name = "taipan"
n = 42
print(f"{name} {n}")
print(f"{n:5d}|{n:<5}|{n:^6}|{n:05}|{n:x}|{n:#b}|{n:,}")
print(f"{3.14159:.2f} {1e10:g} {0.5:.0%} {1234567.891:,.2f}")
print(f"{name!r} {name!s:>8} {n + 1} {'x' * 3}")
width = 8
print(f"{name:>{width}} {{}}")
print(f"{n=} {n + 1 = }")
