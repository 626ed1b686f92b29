import time

a, b = time.monotonic(), time.monotonic()
assert b >= a and time.perf_counter() >= 0 and time.time() > 1.6e9 and time.time_ns() > 1.6e18 and time.process_time() >= 0 and time.thread_time() >= 0
assert isinstance(time.monotonic_ns(), int) and isinstance(time.perf_counter_ns(), int)
start = time.monotonic()
time.sleep(0.01)
assert time.monotonic() - start >= 0.0099
t = time.gmtime(0)
assert t[:6] == (1970, 1, 1, 0, 0, 0) and t.tm_wday == 3 and t.tm_yday == 1 and t.tm_year == 1970 and len(t) == 9 and time.gmtime(1e9).tm_year == 2001
assert time.strftime("%Y-%m-%d %H:%M:%S %j %a %b %%", t) == "1970-01-01 00:00:00 001 Thu Jan %" and time.asctime(t) == "Thu Jan  1 00:00:00 1970"
assert time.strptime("2026-11-25", "%Y-%m-%d").tm_yday == 329 and time.mktime(time.localtime(1e9)) == 1e9 and repr(t).startswith("time.struct_time(tm_year=1970")
assert time.get_clock_info("monotonic").monotonic and time.clock_gettime(time.CLOCK_REALTIME) > 1.6e9 and isinstance(time.tzname, tuple) and isinstance(time.timezone, int)
for f in (lambda: time.sleep(-1), lambda: time.strftime("%Y", (1,))):
    try:
        f()
    except (ValueError, TypeError):
        pass
    else:
        raise AssertionError
