def g(n):
    for i in range(n):
        x = yield i
    yield from g(n)
    return 3

async def a(x):
    await x
    async for y in x:
        print(y)
    async with x as z:
        return z
    return [i async for i in x if i]

gen = (i * 2 for i in data if i)
