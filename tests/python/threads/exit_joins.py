"""Threads that are no daemons are joined at exit, before atexit functions run."""

import atexit
import threading

go_on = threading.Event()
atexit.register(lambda: print("atexit"))


def work():
    go_on.wait()
    print("worker ends")
    late = threading.Thread(target=lambda: print("started late"))
    late.start()
    late.join()


threading.Thread(target=work).start()
print("main ends")
go_on.set()
