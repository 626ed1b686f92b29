# check-leaks
"""Queue, SimpleQueue, JoinableQueue under all start methods."""

import queue

from _methods import contexts


def doubles(inbox, outbox):
    while (item := inbox.get()) is not None:
        outbox.put(item * 2)
    outbox.put("end")


def works(jobs, results):
    while (item := jobs.get()) is not None:
        results.put(item + 1)
        jobs.task_done()
    jobs.task_done()


def main():
    for context in contexts():
        for kind in (context.Queue, context.SimpleQueue):
            inbox, outbox = kind(), kind()
            process = context.Process(target=doubles, args=(inbox, outbox))
            process.start()
            for i in range(100):
                inbox.put(i)
            inbox.put("text" * 20_000)
            inbox.put(None)
            assert [outbox.get() for _ in range(100)] == [i * 2 for i in range(100)]
            assert outbox.get() == "text" * 40_000 and outbox.get() == "end"
            process.join()
            assert process.exitcode == 0
            inbox.close()
            outbox.close()

        q = context.Queue(maxsize=1)
        q.put(1)
        try:
            q.put(2, timeout=0.01)
        except queue.Full:
            pass
        else:
            raise AssertionError
        assert q.get() == 1
        try:
            q.get(timeout=0.01)
        except queue.Empty:
            pass
        else:
            raise AssertionError
        q.close()
        q.join_thread()
        try:
            q.put(1)
        except ValueError as error:
            assert "is closed" in str(error)

        jobs, results = context.JoinableQueue(), context.Queue()
        processes = [context.Process(target=works, args=(jobs, results)) for _ in range(2)]
        for process in processes:
            process.start()
        for i in range(20):
            jobs.put(i)
        jobs.join()
        for _ in processes:
            jobs.put(None)
        assert sorted(results.get() for _ in range(20)) == list(range(1, 21))
        for process in processes:
            process.join()
            assert process.exitcode == 0
        for q in (jobs, results):
            q.close()


if __name__ == "__main__":
    main()
