"""Makes a random program of a seed: two to eight threads, each a list of statements over shared objects, in a loop."""

import random

PRELUDE = '''\
import array, bisect, collections, copy, functools, gc, heapq, io, itertools, json, marshal, operator, pickle, queue
import random, re, string, struct, sys, textwrap, threading, time, traceback, types, weakref

sys.setswitchinterval(1e-6)
threading.excepthook = lambda args: None
sys.unraisablehook = lambda args: None


class Plain:
    kind = "plain"

    def __init__(self, *args):
        self.args = args

    def method(self, *args, **kwargs):
        return (self.kind, len(args))

    @property
    def prop(self):
        return getattr(self, "value", None)

    @prop.setter
    def prop(self, value):
        self.value = value

    @prop.deleter
    def prop(self):
        del self.value


class Other(Plain):
    kind = "other"

    def method(self, *args, **kwargs):
        return super().method(*args)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name

    def __eq__(self, other):
        touch()
        return self is other

    def __hash__(self):
        touch()
        return 7

    def __lt__(self, other):
        touch()
        return id(self) < id(other)

    def __repr__(self):
        touch()
        return "Other"

    def __len__(self):
        return 3

    def __getitem__(self, i):
        if i > 2:
            raise IndexError(i)
        return i


class Slotted:
    __slots__ = "x", "y", "__weakref__"

    def __init__(self, x=1):
        self.x = x


class Meta(type):
    def __call__(cls, *args):
        return super().__call__(*args)


class Made(metaclass=Meta):
    x = 1

    def __init__(self, *args):
        self.y = self.x

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True

    def __iter__(self):
        yield from (self.x, 2, 3)

    def __call__(self, *args):
        return args

    def __index__(self):
        return 2


class Final:
    def __init__(self, *args):
        self.args = args

    def __del__(self):
        touch()
        if len(graveyard) < 50:
            graveyard.append(self)


class Desc:
    def __get__(self, instance, owner):
        return (instance, owner)

    def __set__(self, instance, value):
        touch()


graveyard = []


def generate(n=5):
    try:
        for i in range(n):
            got = yield i
            if got:
                yield got
    finally:
        touch()


async def coroutine():
    return [x async for x in agenerate()]


async def agenerate():
    for i in range(3):
        yield i


def run_coroutine(c):
    try:
        while True:
            c.send(None)
    except StopIteration as stop:
        return stop.value


def recurse(n):
    return n and recurse(n - 1) + 1


def fail(n=3):
    if n:
        fail(n - 1)
    raise ValueError(S)


def keyword(a, b=2, *args, c=3, **rest):
    return locals()


def closure():
    n = 0

    def add():
        nonlocal n
        n += 1
        return n
    return add


def fresh(rng):
    kind = rng.randrange(14)
    return ([], {}, set(), Plain(), Other(1), Slotted(), Made(), Final(1), rng.random(), rng.randrange(10),
            str(rng.randrange(100)), (1, [2]), 2**70, bytearray(b"x"))[kind]


def touch():
    """What Python code that is called in the middle of an operation does."""
    r = touching.randrange(12)
    if r == 0:
        L.append(1)
    elif r == 1:
        del L[3:]
    elif r == 2:
        D[touching.randrange(9)] = 1
    elif r == 3:
        D.clear()
    elif r == 4:
        E.add(touching.randrange(9))
    elif r == 5:
        E.discard(touching.randrange(9))
    elif r == 6:
        Q.append(2)


touching = random.Random(1)


def make():
    global L, D, E, F, Q, O, B, A, S, T, G, I, P, X, Y, Z, W, M, IO, TIO, R, C, K, N, CNT, V, U, FN, SQ, MP, CD, DD, CH
    L = [1, 2, "three", 4.0, (5,), [6]]
    D = {i: str(i) for i in range(6)} | {"a": 1, "b": [2]}
    E = {1, 2, 3, "x", (4,)}
    F = frozenset(E)
    Q = collections.deque([1, 2, 3], maxlen=20)
    O = collections.OrderedDict((i, i) for i in range(5))
    DD = collections.defaultdict(list)
    CD = collections.Counter("abracadabra")
    CH = collections.ChainMap(D, O)
    B = bytearray(b"hello world, hello")
    A = array.array("i", range(10))
    S = "shared"
    T = (1, L, D)
    G = generate()
    I = iter(L)
    P, X, Y, Z = Plain(1), Other(2), Slotted(), Made()
    P.a = 1
    W = weakref.ref(P)
    M = memoryview(bytearray(50))
    IO = io.BytesIO(b"line one\\nline two\\nline three\\n" * 3)
    TIO = io.StringIO("line one\\nline two\\nline three\\n")
    R = random.Random(5)
    C = types.SimpleNamespace(a=1)
    K = weakref.WeakValueDictionary()
    K[1] = P
    N = weakref.WeakSet([P, X])
    CNT = itertools.count()
    V = memoryview(B)
    V = None
    U = closure()
    FN = functools.lru_cache(maxsize=4)(lambda x: x)
    SQ = queue.SimpleQueue()
    MP = types.MappingProxyType(D)


make()
'''

# Names of shared objects by what can be done with them. Indices and keys are small, so that they meet.
SEQUENCES = ["L", "B", "A", "Q", "T", "S", "list(D)", "M"]
ITERABLES = ["L", "D", "E", "F", "Q", "O", "B", "A", "S", "T", "G", "I", "Z", "D.items()", "D.values()", "O.keys()",
             "reversed(L)", "reversed(D)", "reversed(O)", "IO", "TIO", "M", "zip(L, D)", "enumerate(Q)", "map(str, E)",
             "filter(None, L)", "itertools.chain(L, E)", "itertools.islice(CNT, 3)", "K.values()", "list(N)", "vars(P)",
             "CH", "DD", "CD", "MP", "X", "itertools.accumulate(L, lambda a, b: b)", "itertools.pairwise(L)",
             "itertools.groupby(L, type)", "itertools.permutations(L, 2)", "itertools.batched(L, 2)", "graveyard",
             "itertools.zip_longest(L, Q)", "itertools.product(E, repeat=2)", "range(9)", "P.__dict__", "vars(C)"]
ANY = ["L", "D", "E", "F", "Q", "O", "B", "A", "S", "T", "P", "X", "Y", "Z", "C", "DD", "CD", "MP", "M", "W", "G",
       "Plain", "Other", "None", "1", "U", "R", "IO", "D.items()", "O.values()", "K", "N", "P.method", "FN"]
CLASSES = ["Plain", "Other", "Made", "Final", "Slotted"]
INSTANCES = ["P", "X", "Z", "C", "Y"]
NAMES = ["a", "b", "value", "prop", "args", "kind", "x", "y", "new1", "new2"]

STATEMENTS = {
    "list": """
        L.append({new})
        L.pop()
        L.pop({i})
        L[{i}] = {any}
        L[{i}:{j}] = {iter}
        L[::{s}] = [1, 2]
        del L[{i}]
        del L[{i}:{j}:{s}]
        L.insert({i}, {new})
        L.extend(itertools.islice({iter}, 20))
        L += list({iter})[:9]
        L *= 2; del L[12:]
        L.sort(key=str)
        L.sort(key=lambda x: (touch(), str(x))[1], reverse=True)
        L.sort(key=id)
        L.reverse()
        L.remove({any})
        L.index({any}); L.count({any})
        {any} in L
        L == [*L]; L < list(Q)
        L.clear(); L.extend(range(5))
        L[:] = [{any}, {any}, {any}]
        L.copy() + L * 2
        sorted(L, key=str); min(L, key=id); sum(len(str(x)) for x in L)
        for x in L: L.append(x); del L[8:]
        a, *b = L
        heapq.heapify(H := [1, 3, 2]); heapq.heappush(HEAP, {i}); heapq.heappop(HEAP)
        bisect.insort(HEAP, {i})
        random.Random({i}).shuffle(L)
        I.__setstate__({i})
        next(I); I.__length_hint__(); copy.copy(I)
    """,
    "dict": """
        D[{i}] = {any}
        D["{name}"] = {new}
        D[X] = 1
        D[Other()] = {any}
        D.pop({i}, None)
        del D["{name}"]
        del D[{i}]
        D.popitem()
        D.setdefault({i}, {new})
        D.update(a={i})
        D.update(O); D |= O
        D.update({iter})
        D.get(X); X in D
        D.clear(); D.update(zip("abcdef", range(6)))
        D | D; D == O; D.keys() & E; D.items() - E; D.keys() | {iter}
        for k in D: D.pop(k, None)
        for k, v in D.items(): D[k] = {any}
        for k in list(D): D[k] = k
        dict(D); D.copy(); {{**D, **O}}
        dict.fromkeys({iter}, 1)
        O[{i}] = {any}
        O.move_to_end({i}, last={bool})
        O.popitem(last={bool})
        O.pop({i}); O.setdefault({i}, 2)
        del O[{i}]
        for k in O: O.move_to_end(k)
        list(reversed(O.items())); O == D; O.copy(); O.clear()
        DD[{i}].append(1); DD.pop({i}, None)
        CD.update("abc"); CD.most_common(2); CD - CD; CD.subtract("a")
        CH[{i}] = 1; len(CH); CH.new_child(); list(CH)
        keyword(**{{str(k): v for k, v in D.items()}})
        keyword(*L, **vars(P))
        next(iter(D.items()), None); len(D.values())
        MP[{i}]; MP | D
    """,
    "set": """
        E.add({i}); E.add({any})
        E.discard({i}); E.remove({i})
        E.pop()
        E.add(Other())
        E |= F; E &= {{1, 2, 3}}; E ^= {{1, 9}}; E -= {{2}}
        E.update({iter})
        E | F; E & set(L[:2]); E - F; E ^ F; E <= F; E == F; E.isdisjoint(F)
        E.intersection({iter}); E.difference({iter}); E.symmetric_difference({iter})
        E.intersection_update(F); E.clear(); E.update((1, 2, 3))
        for x in E: E.discard(x)
        for x in E: E.add(({i}, str(x)[:9])); E.pop()
        frozenset(E); E.copy(); hash(frozenset([1])); {{frozenset(E)}}
        {any} in E
    """,
    "deque": """
        Q.append({new}); Q.appendleft({new})
        Q.pop()
        Q.popleft()
        Q.rotate({i}); Q.reverse()
        Q.insert({i}, 5); Q.remove({any})
        Q.extend(itertools.islice({iter}, 20))
        Q.extendleft(itertools.islice({iter}, 20))
        Q[{i}] = {any}
        del Q[{i}]
        Q.copy(); Q + Q; Q * 2; Q *= 2; Q == Q; Q.count({any}); Q.index({any})
        for x in Q: Q.append(x)
        Q.clear(); Q.extend(range(4))
        SQ.put({new}); SQ.get_nowait(); SQ.qsize()
        collections.deque(Q, 3)
    """,
    "bytes": """
        B.append({i}); B.pop()
        B.extend(b"more"); B += b"yet"; B[{i}:{j}] = b"slice"
        del B[{i}]; B.insert({i}, 65); B.clear(); B.extend(b"hello world")
        del B[{i}:{j}:{s}]
        B.replace(b"l", b"LL"); B.split(); B.find(b"o"); B.decode("latin-1"); B.hex(); B.upper(); B.translate(bytes(256))
        bytes(B); B * 2; B % (); b"".join([B, B]); B == bytes(B); hash(bytes(B)); B.strip(); B.partition(b" ")
        V = memoryview(B); V[{i}:{j}].tobytes(); V.release()
        with memoryview(B) as v: v[0] = {i}; B.append(1)
        re.sub(rb"l+", b"x", B); re.findall(rb"\\w+", B); struct.pack_into("i", B, 0, {i}); struct.unpack_from("i", B, {i})
        int(B[:1] or b"1", 36); io.BytesIO(B).read(); B.removeprefix(b"he"); B.resize(20)
        A.append({i}); A.pop({i}); A.extend(A[:2]); A[{i}] = {j}; A[{i}:{j}] = array.array("i", [1, 2])
        A.tobytes(); A.frombytes(b"1234"); A.byteswap(); A.reverse(); A.tolist(); A * 2; A == A; A.index({i}); A.buffer_info()
        del A[10:]; A.insert({i}, 1); memoryview(A)[{i}]; memoryview(A).cast("B").tolist()
        M[{i}] = 5; M[{i}:{j}] = bytes({j} - {i}); M.tolist(); M.cast("i").tolist(); hash(M.toreadonly()); M == B
        M[::2].tobytes(); M.hex(); bytes(M); M.obj.extend(b"1"); B.join([B, B"1"]); B.startswith((b"h", b"x"))
        IO.readinto(B)
    """,
    "io": """
        IO.write(b"data"); IO.seek({i}); IO.read({j})
        IO.getvalue(); IO.truncate({i}); IO.readline(); IO.readlines()
        with IO.getbuffer() as b: b[0:1] = b"x"; IO.write(b"y" * 50)
        IO.seek(0); next(IO)
        TIO.write(S); TIO.seek(0); TIO.read({j}); TIO.getvalue(); TIO.readline(); TIO.truncate(5)
        TIO.seek(0); [*TIO]
        BUF.write(b"x" * {j}); BUF.flush(); BUF.seek(0); BUF.read(5); BUF.peek()
        TEXT.write("text\\n"); TEXT.flush(); TEXT.seek(0); TEXT.readline(); TEXT.read(3)
        TEXT.seek(0); next(TEXT)
        print({any}, file=TIO); print({any}, file=TEXT)
    """,
    "string": """
        S = S + str({i}); S = S[-50:]
        S += "abc"; S.encode(); hash(S); S.split("a"); S.join(map(str, L)); S.replace("a", "é"); S = S[:30]
        "%s %r %(a)s" % D; "%s" % (L,); "{{0}} {{1!r:>10}}".format(L, D); f"{{L!r}} {{D}} {{X}} {{E!s:.50}}"
        str({any}); repr({any}); ascii({any}); format({any})
        "%(a)s" % D; "{{a}} {{0[1]}}".format(L, **vars(P)); "{{0.args}}".format(P)
        sys.intern(S + str({i})); S.isalnum(); S.translate(D); S.translate({{97: "bb"}}); str.maketrans("ab", "cd")
        re.sub("[a-c]", lambda m: (touch(), m[0])[1], S); re.split("a", S); re.compile("(a|b)*" + str({i})); re.purge()
        list(re.finditer("a", S)); textwrap.wrap(S); string.Template("$a").safe_substitute(D)
        int(str({i}) * 30); str(2**200 + {i}); float(str({i})); complex({i}, 2); divmod(2**90, {i} + 1); pow(3, 50, 7)
    """,
    "object": """
        setattr({inst}, "{name}", {any})
        delattr({inst}, "{name}")
        getattr({inst}, "{name}", None)
        {inst}.{name} = {new}
        {inst}.{name}
        del {inst}.{name}
        {inst}.__dict__["{name}"] = 1
        {inst}.__dict__ = {{"a": 1}}
        vars({inst}).pop("{name}", None); vars({inst}).clear()
        vars({inst}).update(b=1, zz=2)
        dir({inst}); hasattr({inst}, "zz"); {inst} == {inst}; hash({inst})
        P.method(1); X.method(2); P.prop = 3; P.prop; del P.prop
        P.__class__ = Other
        P.__class__ = Plain
        X.__class__ = {cls}
        type(P)(1).method(); isinstance(P, {cls}); isinstance({any}, (Plain, Other)); issubclass(type(X), Plain)
        for i in range(20): P.method(i)
        for i in range(20): P.counter = i; P.counter
        Y.x = {any}; Y.y = 2; Y.x; del Y.y; copy.copy(Y)
        with Z: touch()
        Z(1, 2); L[Z]; [*Z]; Z.x
        P, X = X, P; P = Plain(); X = Other()
        C.a; C.b = 1; repr(C); C == C; copy.copy(C)
        W(); weakref.proxy(P).method(); weakref.finalize(Final(), touch); weakref.getweakrefs(P)
        W = weakref.ref({inst}, lambda r: touch())
        K[{i}] = Plain(); K[{i}] = P; list(K.items()); K.get({i}); K.pop({i}, None)
        N.add(Other()); N.add(P); len(N); list(N); N.discard(P)
        graveyard.append(Final({any})); graveyard.clear()
        a = Final(); b = Final(a); a.args = (b,); del a, b
        KEY = weakref.WeakKeyDictionary(); KEY[P] = 1; KEY[Plain()] = 2; list(KEY)
    """,
    "class": """
        {cls}.kind = {any}
        {cls}.method = lambda self, *a: a
        {cls}.method = Plain.method
        {cls}.{name} = Desc()
        {cls}.{name} = property(lambda self: touch())
        del {cls}.{name}
        del {cls}.kind
        {cls}.__len__ = lambda self: {i}
        del {cls}.__len__
        {cls}.__getattribute__ = lambda self, n: object.__getattribute__(self, n)
        del {cls}.__getattribute__
        {cls}.__eq__ = lambda a, b: (touch(), True)[1]
        del {cls}.__eq__
        {cls}.__hash__ = lambda a: {i}
        {cls}.__getitem__ = lambda self, i: (1, 2)[i]; {cls}.__iter__ = lambda self: iter((1, 2))
        del {cls}.__iter__, {cls}.__getitem__
        {cls}.__setattr__ = lambda self, n, v: object.__setattr__(self, n, v)
        del {cls}.__setattr__
        {cls}.__init__ = lambda self, *a: None
        {cls}.__name__ = "renamed"; {cls}.__qualname__ = "q"; {cls}.__doc__ = "d"; {cls}.__module__ = "m"
        {cls}.__call__ = lambda self: 1; {cls}.__bool__ = lambda self: touch() is None; bool(P); bool(Z)
        Other.__bases__ = (Plain,)
        Other.__bases__ = (Made2,)
        Other.__bases__ = (Plain, Made2)
        {cls}.__subclasses__(); {cls}.mro(); {cls}.__mro__; vars({cls}).copy(); dir({cls}); repr({cls})
        type("T", ({cls},), {{"z": 1}})().z
        class Local(Plain, Made2): x = {i}
        Local().method(); Local.kind
        class Slots: __slots__ = ("q", "w"); __init__ = touch
        super(Other, X).method(); super(type(X), X).prop
        len(X); X[1]; [*X]; P == X; hash(X); X < P; X.zzz
        {cls}.__class__; type({cls}); {cls}(1)
    """,
    "generator": """
        next(G); next(G, None)
        G.send({i}); G.close(); G = generate()
        G.throw(ValueError)
        G = generate({j}); list(G)
        list(zip(G, G)); sum(x for x in L if x); G.gi_frame; G.gi_running; repr(G)
        for x in G: touch()
        G.gi_frame and G.gi_frame.f_locals; G.gi_frame and G.gi_frame.f_lineno
        def sub(): yield from G
        list(sub())
        co = coroutine(); run_coroutine(co); co.close()
        run_coroutine(CO); CO = coroutine()
        next(CNT); next(SHARED); SHARED = map(str, itertools.count())
        SHARED = {sharediter}
        for _ in range(9): next(SHARED, None)
        next(SHARED)
        TEE = itertools.tee(iter(L), 2); next(TEE[0], None); next(TEE[1], None)
        next(TEES[0]); next(TEES[1]); copy.copy(TEES[0]); TEES = itertools.tee(iter(range(50)))
        GB = itertools.groupby(L, str); [list(g) for k, g in GB]
        next(GBS)[1].__next__(); GBS = itertools.groupby([1, 1, 2, 2, 3] * 5)
        CYC = itertools.cycle(L); [next(CYC, None) for _ in range(9)]
        copy.copy(SHARED); SHARED.__reduce__(); operator.length_hint(SHARED)
    """,
    "function": """
        FN({i}); FN(X); FN.cache_info(); FN.cache_clear()
        U(); U.__closure__[0].cell_contents = {i}
        keyword({i}, 2, 3, c={i}, z=1); keyword.__defaults__ = (9,); keyword.__kwdefaults__ = {{"c": 1}}
        keyword(*{iter})
        keyword.__code__ = (lambda a, b=1, *args, c=1, **rest: locals()).__code__
        keyword.{name} = 1; keyword.__dict__.clear(); keyword.__annotations__; keyword.__name__ = "k{i}"
        exec("def made(a): return a + {i}\\nmade(1)", ns := {{}}); eval("[x for x in range({i})]")
        exec("{name} = {i}\\ndel {name}", globals())
        exec("zz{i} = 1", NS); NS.pop("zz{i}", None); eval("zz{i}", NS)
        globals()["g{i}"] = {any}; globals().pop("g{i}", None)
        g{i}
        try: fail({i})
        except ValueError as e: ERR = e; traceback.format_exception(e)
        try: raise ERR
        except Exception as e: e.__context__ = ERR; e.add_note("n"); traceback.format_exc()
        ERR.__traceback__ = None; ERR = ValueError(1); ERR.with_traceback(None); ERR.__cause__ = ERR
        raise ERR
        recurse(50); sys._getframe().f_locals; sys._current_frames(); sys._current_exceptions()
        f = sys._getframe(); f.f_back; f.f_lineno; traceback.extract_stack(limit=3)
        [f.f_locals for f in sys._current_frames().values()]; [f.f_lineno for f in sys._current_frames().values()]
        functools.partial(keyword, 1)(2); functools.reduce(lambda a, b: b, L, 0); PART(3); PART.__setstate__((keyword, (1,), {{}}, {{}}))
        match L:
            case [a, b, *rest]: touch()
            case {{"a": x}}: pass
        match D:
            case {{"a": x, **rest}}: touch()
            case {{0: y}}: pass
        lambda: {any}; [lambda: x for x in L]; (lambda *a: a)(*Q)
        compile("x = {i}", "f", "exec").replace(co_name="n"); marshal.loads(marshal.dumps(keyword.__code__))
    """,
    "copying": """
        pickle.dumps({any})
        pickle.loads(pickle.dumps([L, D, Q, O, A, B, C, CD]))
        copy.copy({any}); copy.deepcopy({any})
        copy.deepcopy(T)
        json.dumps(D, default=str, skipkeys=True); json.dumps(L, default=str); json.loads("[1, {{}}]"); json.dumps(T, indent=1, default=str)
        marshal.dumps([L, D, E], 4); marshal.dumps(D)
        repr({any}); str({any}); {any} == {any}
        {any} < {any}
        hash({any}); len({any}); bool({any})
        list({iter}); tuple({iter}); set({iter}); dict(enumerate({iter}))
        sorted({iter}, key=str); max({iter}, key=str); sum(1 for _ in {iter}); any({iter}); all({iter})
        for x in {iter}: touch()
        [x for x in {iter}]; {{str(x): x for x in {iter}}}; {{str(x) for x in {iter}}}
        a, b, *c = {iter}
        [*{iter}, *{iter}]
        next(iter({iter})); list(zip({iter}, {iter})); "".join(map(str, {iter})); bytes({iter}); bytearray({iter})
        {any} in {iter}; array.array("d", {iter}); collections.deque({iter}, 4); frozenset({iter}); collections.Counter({iter})
        getattr({any}, "{name}", 0); operator.attrgetter("a")(P); operator.itemgetter({i})(L); sys.getsizeof({any})
        gc.get_referents({any}); gc.get_referrers(P); gc.collect({gen})
        gc.get_objects()[:3]; gc.get_count(); gc.is_tracked({any})
        R.random(); R.getrandbits(70); R.shuffle(L); R.getstate(); R.seed({i}); R.choice((1, 2, 3)); R.setstate(random.Random(2).getstate())
        threading.get_ident(); threading.enumerate(); repr(threading.current_thread()); LOCAL.x = {any}; LOCAL.x; del LOCAL.x
        LOCK.acquire(timeout=0.001) and LOCK.release(); RLOCK.acquire(blocking=False) and RLOCK.release()
        with RLOCK: touch()
        EV.set(); EV.clear(); EV.wait(0.0001); SEM.acquire(timeout=0.0001); SEM.release()
        t = threading.Thread(target=touch); t.start(); t.join()
        make()
        types.new_class("N", (Plain,)); types.SimpleNamespace(**{{"a": {i}}}); import_one()
    """,
}

SHARED_ITERATORS = ["iter(L)", "iter(D)", "iter(D.items())", "iter(E)", "iter(Q)", "iter(O)", "iter(B)", "iter(A)", "iter(S)",
                    "iter(range(99))", "reversed(L)", "zip(L, Q)", "enumerate(L)", "map(str, D)", "filter(None, L)",
                    "itertools.chain(L, D)", "itertools.cycle(L)", "itertools.islice(L, 1, 5)", "itertools.repeat(1, 9)",
                    "itertools.starmap(max, [(1, 2)] * 9)", "itertools.takewhile(bool, L)", "itertools.dropwhile(bool, L)",
                    "itertools.compress(L, [1, 0, 1])", "itertools.combinations(range(6), 2)", "itertools.product('ab', repeat=3)",
                    "itertools.permutations(range(4))", "itertools.combinations_with_replacement('abc', 2)",
                    "itertools.pairwise(L)", "itertools.batched(range(30), 3)", "itertools.zip_longest(L, Q)",
                    "itertools.accumulate(range(30))", "itertools.groupby(L)", "iter(lambda: 1, 2)", "re.finditer('a', 'banana')",
                    "struct.iter_unpack('b', bytes(30))", "generate(50)", "iter(T)", "iter(memoryview(bytes(30)))", "reversed(Q)",
                    "string.Formatter().parse('a{}b{}')", "iter(Z)", "itertools.chain.from_iterable([L, Q])", "reversed(range(50))",
                    "itertools.filterfalse(None, L)", "reversed(D)", "reversed(O.items())", "iter(X)", "iter(b'bytes' * 9)"]

MORE = '''
HEAP = []
LOCAL = threading.local()
LOCK, RLOCK, EV, SEM = threading.Lock(), threading.RLock(), threading.Event(), threading.Semaphore()
BUF = io.BufferedRandom(io.BytesIO(b"x" * 50), 16) if hasattr(io.BytesIO(), "readinto") else None
TEXT = io.TextIOWrapper(io.BytesIO(b"one\\ntwo\\nthree\\n" * 5))
ERR = ValueError(0)
NS = {}
PART = functools.partial(keyword, 1)
CO = coroutine()
SHARED = iter(L)
TEES = itertools.tee(iter(range(50)))
GBS = itertools.groupby([1, 1, 2, 2])


class Made2:
    x = 3

    def method(self, *args):
        return "made2"


def import_one():
    name = touching.choice(("colorsys", "this_is_no_module", "stat", "keyword", "sched", "bisect"))
    sys.modules.pop(name, None)
    __import__(name)
'''


def lines(block):
    """The statements of a block of text: a line each, more deeply indented ones belong to the one before."""
    found = []
    for line in block.splitlines():
        text = line[8:]
        if not text.strip():
            continue
        if text[0] == " " or text.startswith("except") or (found and found[-1].startswith(("def sub", "try:", "class Local"))
                                                         and not found[-1].count("\n")):
            found[-1] += "\n" + text
        else:
            found.append(text)
    return found


ALL = {kind: lines(block) for kind, block in STATEMENTS.items()}


def statement(rng, kind):
    text = rng.choice(ALL[kind])
    while "{" in text.replace("{{", "").replace("}}", ""):
        for field, choose in (
                ("{i}", lambda: str(rng.randrange(8))), ("{j}", lambda: str(rng.randrange(4, 12))),
                ("{s}", lambda: rng.choice(("1", "2", "-1", "-2"))), ("{name}", lambda: rng.choice(NAMES)),
                ("{any}", lambda: rng.choice(ANY)), ("{iter}", lambda: rng.choice(ITERABLES)),
                ("{inst}", lambda: rng.choice(INSTANCES)), ("{cls}", lambda: rng.choice(CLASSES)),
                ("{new}", lambda: "fresh(rng)"), ("{bool}", lambda: rng.choice(("True", "False"))),
                ("{gen}", lambda: rng.choice("012")), ("{sharediter}", lambda: rng.choice(SHARED_ITERATORS))):
            while field in text:
                text = text.replace(field, choose(), 1)
        break
    return text.replace("{{", "{").replace("}}", "}")


GLOBALS = ("global L, D, E, F, Q, O, B, A, S, T, G, I, P, X, Y, Z, W, M, R, C, K, N, CNT, U, FN, SHARED, TEES, GBS, ERR, CO, V")


def program(seed):
    """The source of the program of a seed."""
    rng = random.Random(seed)
    kinds = rng.sample(list(ALL), rng.choice((1, 1, 2, 3, len(ALL))))
    if rng.random() < 0.5 and "copying" not in kinds:
        kinds.append("copying")
    count = rng.choice((2, 2, 3, 4, 8))
    out = [f"# Seed {seed}: {count} threads on {', '.join(kinds)}.", PRELUDE, MORE, ""]
    for t in range(count):
        out += [f"def thread{t}(rng):", f"    {GLOBALS}"]
        size = rng.choice((1, 2, 4, 8))
        for _ in range(size):
            out.append("    try:")
            out += ["        " + line for line in statement(rng, rng.choice(kinds)).splitlines()]
            out.append("    except Exception as error: touch() if rng.random() < 0.1 else None")
        out.append("")
    rounds = rng.choice((100, 300, 1000))
    out.append(f'''
start = threading.Barrier({count})
END = time.monotonic() + 0.7


def run(t, function):
    rng = random.Random({seed} + t)
    start.wait()
    for i in range({rounds}):
        try:
            function(rng)
        except Exception:
            pass
        if time.monotonic() > END:
            break
        if len(L) > 60: del L[20:]
        if len(D) > 60: D.clear()
        if len(E) > 60: E.clear()
        if len(B) > 400: del B[100:]
        if len(A) > 400: del A[100:]
        if len(HEAP) > 60: HEAP.clear()


threads = [threading.Thread(target=run, args=(t, f)) for t, f in enumerate(({', '.join(f'thread{t}' for t in range(count))},))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
gc.collect()
for name, value in list(globals().items()):
    try:
        if not name.startswith("__"):
            repr(value)
    except Exception:
        pass
print("done")
''')
    return "\n".join(out)
