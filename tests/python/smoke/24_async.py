class Wait:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


async def inner():
    x = await Wait(1)
    y = await Wait(2)
    return x + y


async def outer():
    return await inner() * 10


coroutine = outer()
print(coroutine.send(None), coroutine.send(3))
try:
    coroutine.send(4)
except StopIteration as stop:
    print(stop.value)
