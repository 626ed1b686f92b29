import asyncio
import contextlib

log = []


async def work(name, delay):
    await asyncio.sleep(delay)
    log.append(name)
    return name


async def main():
    assert await asyncio.gather(work("b", 0.02), work("a", 0)) == ["b", "a"] and log == ["a", "b"]
    task = asyncio.create_task(asyncio.sleep(3600))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(3600)
    except TimeoutError:
        pass
    else:
        raise AssertionError
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work(i, 0)) for i in range(3)]
    assert [t.result() for t in tasks] == [0, 1, 2]
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
    except* ValueError:
        log.append("group")
    q = asyncio.Queue()
    q.put_nowait(1)
    assert await q.get() == 1 and await asyncio.to_thread(pow, 2, 3) == 8
    lock = asyncio.Lock()
    async with lock:
        assert lock.locked()
    process = await asyncio.create_subprocess_exec("echo", "sub", stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0] == b"sub\n"
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"line\n")
    assert await reader.readline() == b"LINE\n"
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()
    return "end"


async def fails():
    raise ValueError


async def echo(reader, writer):
    writer.write((await reader.readline()).upper())
    await writer.drain()
    writer.close()


assert asyncio.run(main()) == "end" and log[-1] == "group"
