class Context:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        print("enter", self.name)
        return self

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value)
        return self.swallow


with Context("a") as a, Context("b"):
    print("body", a.name)
with Context("c", swallow=True):
    raise ValueError("swallowed")
try:
    with Context("d"):
        raise ValueError("goes on")
except ValueError as error:
    print(error)


def early():
    with Context("e"):
        return "returned"


print(early())
