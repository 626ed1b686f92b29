import operator as op

assert op.add(1, 2) == 3 and op.itemgetter(1)("ab") == "b" and op.itemgetter(0, 2)("abc") == ("a", "c") and op.attrgetter("real")(5) == 5 and op.attrgetter("__class__.__name__")(5) == "int"
assert op.methodcaller("upper")("a") == "A" and op.methodcaller("split", ",", maxsplit=1)("a,b,c") == ["a", "b,c"] and op.contains([1], 1) and op.countOf([1, 1], 1) == 2 and op.indexOf("abc", "c") == 2
assert op.concat([1], [2]) == [1, 2] and op.not_(0) and op.truth(1) and op.is_(None, None) and op.index(5) == 5 and op.length_hint([1]) == 1 and op.call(len, "ab") == 2
a = [1]
assert op.iadd(a, [2]) is a and op.setitem(a, 0, 9) is None and a == [9, 2] and op.delitem(a, 0) is None and a == [2] and op.xor(5, 3) == 6 and op.matmul.__name__ == "matmul"
assert repr(op.itemgetter(1)) == "operator.itemgetter(1)" and op.is_none(None) and not op.is_not_none(None)
