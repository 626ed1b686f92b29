import ast
import marshal
import symtable
import tokenize
import io

for value in (None, True, 0, 2**100, -5, 1.5, 2j, "té", b"b", (1, "a"), [1, [2]], {"k": 1}, {1, 2}, frozenset([1]), ...):
    assert marshal.loads(marshal.dumps(value)) == value
code = compile("x = [i * 2 for i in range(3)]\ndef f(a): return a + 1\ny = f(5)", "f", "exec")
space = {}
exec(marshal.loads(marshal.dumps(code)), space)
assert space["x"] == [0, 2, 4] and space["y"] == 6
for bad in (b"", b"\x00garbage", b"("):
    try:
        marshal.loads(bad)
    except (EOFError, ValueError, TypeError):
        pass
    else:
        raise AssertionError(bad)

tree = ast.parse("def f(a, *b, c=1): return a + 1\nx: int = 2")
assert [type(n).__name__ for n in tree.body] == ["FunctionDef", "AnnAssign"] and tree.body[0].args.args[0].arg == "a" and tree.body[0].lineno == 1 and tree.body[1].value.value == 2
assert ast.dump(ast.parse("a + 1", mode="eval")) == "Expression(body=BinOp(left=Name(id='a', ctx=Load()), op=Add(), right=Constant(value=1)))" and ast.literal_eval("{'a': [1, -2.5, None]}") == {"a": [1, -2.5, None]}
assert ast.unparse(ast.parse("x = (1 + 2) * 3 if y else [a, *b]")) == "x = (1 + 2) * 3 if y else [a, *b]"
expression = ast.Expression(ast.BinOp(ast.Constant(2), ast.Mult(), ast.Constant(21)))
assert eval(compile(ast.fix_missing_locations(expression), "f", "eval")) == 42


class Double(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(node.value * 2), node)


assert eval(compile(Double().visit(ast.parse("10 + 1", mode="eval")), "f", "eval")) == 22
table = symtable.symtable("def f(a):\n global g\n return a + g + len", "f", "exec")
inner = next(t for t in table.get_children() if t.get_name() == "f")
assert inner.get_name() == "f" and inner.lookup("a").is_parameter() and inner.lookup("g").is_global() and inner.lookup("len").is_global() and table.lookup("f").is_assigned()
kinds = [(tokenize.tok_name[t.type], t.string) for t in tokenize.generate_tokens(io.StringIO("x = f'{a}' # c\n").readline)]
assert kinds[:3] == [("NAME", "x"), ("OP", "="), ("FSTRING_START", "f'")] and ("COMMENT", "# c") in kinds and kinds[-1][0] == "ENDMARKER"
