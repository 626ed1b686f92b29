"""Happens-before: Thread.start → the first step; the last step → the join that returns."""

import threading

from _stress import rounds


class Box:
    pass


for i in range(rounds(100)):
    box = Box()
    box.before = [i]
    plain = i

    def work():
        assert box.before == [i] and plain == i
        box.before.append("seen")
        box.after = (i, "done")

    thread = threading.Thread(target=work)
    box.late = "just before"
    thread.start()
    thread.join()
    assert box.after == (i, "done") and box.before == [i, "seen"] and not thread.is_alive()

# is_alive() that says no has the same effect, and so has a join with a time limit that succeeds.
for i in range(rounds(20)):
    result = []
    thread = threading.Thread(target=result.append, args=[i])
    thread.start()
    while thread.is_alive():
        pass
    assert result == [i]
    thread = threading.Thread(target=result.append, args=[i])
    thread.start()
    thread.join(timeout=60)
    assert not thread.is_alive() and result == [i, i]
