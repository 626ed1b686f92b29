d = {"a": 1, "b": 2}
d["c"] = 3
print(d, len(d), d["a"], d.get("z"), d.get("z", 0), "a" in d)
del d["a"]
for k in d:
    print(k, d[k])
for k, v in d.items():
    print(k, v)
print(list(d.keys()), list(d.values()))
d.update({"x": 10}, y=20)
print(d.pop("x"), d.setdefault("q", []), d)
try:
    d["missing"]
except KeyError as error:
    print("KeyError", error)
print({1: "one", 1.0: "float", True: "true"})
print({**d, "z": 1})
big = {}
for i in range(1000):
    big[i] = str(i)
print(len(big), big[999], sum(big))
