//! The table of operations.
//!
//! The doc comment of each op is its exact meaning. Notation: `r[a]` is the register that operand `a` names,
//! `a` alone is the operand's number; "truth" is Python's truth test, which may run code and raise.

#![allow(
    non_camel_case_types,
    reason = "operations are named as `dis` prints them"
)]

/// What an operand of an instruction is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// Not used.
    Unused,
    /// A register that is read.
    Read,
    /// A register that is written.
    Write,
    /// A register that is read and written.
    ReadWrite,
    /// The first of consecutive registers that are read.
    Base,
    /// The first of consecutive registers that are written.
    WriteBase,
    /// A count or flag.
    Num,
    /// A signed immediate integer.
    Imm,
    /// An index into `names`.
    Name,
    /// An index into `consts`.
    Const,
    /// A jump offset.
    Offset,
    /// One of [`BinaryOp`], with `0x80` set if in place.
    Binary,
    /// One of [`CmpOp`].
    Cmp,
    /// One of [`UnaryOp`].
    Unary,
    /// One of [`Intrinsic1`].
    Intrinsic1,
    /// One of [`Intrinsic2`].
    Intrinsic2,
    /// One of [`Special`].
    Special,
    /// One of [`Conversion`].
    Conversion,
    /// One of [`CommonConst`].
    Common,
}

/// The format of an operation.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// The 16-bit operands.
    pub a: Slot,
    /// See `a`.
    pub b: Slot,
    /// See `a`.
    pub c: Slot,
    /// The 8-bit operand.
    pub x: Slot,
    /// The 32-bit operand that overlays `a` and `b`.
    pub imm: Slot,
    /// The 24-bit operand that overlays `x` and `c`.
    pub off: Slot,
    /// Words of immediate data that follow.
    pub extra: u8,
    /// Cache words that follow.
    pub cache: u8,
}

impl OpInfo {
    const EMPTY: OpInfo = OpInfo {
        name: "",
        doc: "",
        a: Slot::Unused,
        b: Slot::Unused,
        c: Slot::Unused,
        x: Slot::Unused,
        imm: Slot::Unused,
        off: Slot::Unused,
        extra: 0,
        cache: 0,
    };

    /// Whether the op jumps by `off24`.
    pub const fn has_off24(&self) -> bool {
        matches!(self.off, Slot::Offset)
    }

    /// Whether the op jumps by `imm32`.
    pub const fn has_off32(&self) -> bool {
        matches!(self.imm, Slot::Offset)
    }
}

macro_rules! opcodes {
    ($( $(#[doc = $doc:literal])+ $name:ident ($($slot:ident: $kind:ident),*) $([$($field:ident: $num:literal),*])?; )*) => {
        /// An operation.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Op { $( $(#[doc = $doc])+ $name, )* }

        impl Op {
            /// All operations, in order of their numbers.
            pub const ALL: &'static [Op] = &[ $( Op::$name, )* ];

            const INFO: &'static [OpInfo] = &[ $( OpInfo {
                name: stringify!($name),
                doc: concat!($($doc, "\n"),+),
                $($slot: Slot::$kind,)*
                $($($field: $num,)*)?
                ..OpInfo::EMPTY
            }, )*];
        }

        /// The operations' bytes, as patterns: a match over all 256 bytes is one jump, without a check of range.
        pub mod byte {
            $( $(#[doc = $doc])+ pub const $name: u8 = super::Op::$name as u8; )*
        }
    };
}

opcodes! {
    // ---- Moves and constants

    /// Nothing. Carries a position, for tracing.
    NOP();
    /// `r[a] = r[b]`. `r[b]` may be ABSENT.
    MOVE(a: Write, b: Read);
    /// `r[c] = constant imm`.
    LOAD_CONST(c: Write, imm: Const);
    /// `r[c] = int(imm)`.
    LOAD_INT(c: Write, imm: Imm);
    /// `r[a] = ` a builtin that the language itself uses, never a rebound name.
    LOAD_COMMON(a: Write, x: Common);
    /// `r[a] = ABSENT`.
    CLEAR(a: Write);
    /// If `r[a]` (a local, a < varnames.len()) is ABSENT raise
    /// `UnboundLocalError("cannot access local variable 'NAME' where it is not associated with a value")`.
    CHECK_LOCAL(a: Read);

    // ---- Arithmetic. `x = 1` means in place (`a += b`): try `__iadd__` and the like first.

    /// `r[a] = r[b] + r[c]`.
    ADD(a: Write, b: Read, c: Read, x: Num) [cache: 1];
    /// `r[a] = r[b] - r[c]`.
    SUB(a: Write, b: Read, c: Read, x: Num) [cache: 1];
    /// `r[a] = r[b] * r[c]`.
    MUL(a: Write, b: Read, c: Read, x: Num) [cache: 1];
    /// `r[a] = r[b] / r[c]`.
    TRUEDIV(a: Write, b: Read, c: Read, x: Num) [cache: 1];
    /// `r[a] = r[b] // r[c]`.
    FLOORDIV(a: Write, b: Read, c: Read, x: Num) [cache: 1];
    /// `r[a] = r[b] % r[c]`.
    MOD(a: Write, b: Read, c: Read, x: Num) [cache: 1];
    /// `r[a] = r[b] OP r[c]`: the operators without an op of their own. In place if `x & 0x80`.
    BINARY_OP(a: Write, b: Read, c: Read, x: Binary) [cache: 1];
    /// `r[a] = r[b] + int(c)`.
    ADD_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = r[b] - int(c)`.
    SUB_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = r[b] * int(c)`.
    MUL_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = r[b] // int(c)`. `c` is not 0.
    FLOORDIV_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = r[b] % int(c)`. `c` is not 0.
    MOD_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = r[b] & int(c)`.
    AND_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = r[b] << int(c)`. `0 <= c`.
    LSHIFT_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = r[b] >> int(c)`. `0 <= c`.
    RSHIFT_I(a: Write, b: Read, c: Imm, x: Num) [cache: 1];
    /// `r[a] = -r[b]`, `+r[b]` or `~r[b]`.
    UNARY_OP(a: Write, b: Read, x: Unary);
    /// `r[a] = not r[b]`.
    NOT(a: Write, b: Read);
    /// `r[a] = bool(r[b])`.
    TO_BOOL(a: Write, b: Read);

    // ---- Comparisons as values

    /// `r[a] = r[b] CMP r[c]`: the rich comparison's own result, any object.
    COMPARE_OP(a: Write, b: Read, c: Read, x: Cmp) [cache: 1];
    /// `r[a] = r[b] CMP int(c)`.
    COMPARE_I(a: Write, b: Read, c: Imm, x: Cmp) [cache: 1];
    /// `r[a] = r[b] is r[c]`, negated if `x`.
    IS_OP(a: Write, b: Read, c: Read, x: Num);
    /// `r[a] = r[b] in r[c]`, negated if `x`.
    CONTAINS_OP(a: Write, b: Read, c: Read, x: Num) [cache: 1];

    // ---- Jumps. Forward unless said; a comparison's result goes through the truth test.

    /// Go on at `imm`.
    JUMP(imm: Offset);
    /// Poll, then go on at `imm`, which is negative.
    JUMP_BACK(imm: Offset);
    /// Jump if the truth of `r[a]`.
    JUMP_IF_TRUE(a: Read, off: Offset);
    /// Jump if not the truth of `r[a]`.
    JUMP_IF_FALSE(a: Read, off: Offset);
    /// Jump if `r[a] is None`.
    JUMP_IF_NONE(a: Read, off: Offset);
    /// Jump if `r[a] is not None`.
    JUMP_IF_NOT_NONE(a: Read, off: Offset);
    /// Jump if `r[a] is r[b]`.
    JUMP_IF_IS(a: Read, b: Read, off: Offset);
    /// Jump if `r[a] is not r[b]`.
    JUMP_IF_IS_NOT(a: Read, b: Read, off: Offset);
    /// Jump if `r[a] in r[b]`.
    JUMP_IF_IN(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if `r[a] not in r[b]`.
    JUMP_IF_NOT_IN(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] < r[b]`.
    JUMP_IF_LT(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] <= r[b]`.
    JUMP_IF_LE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] == r[b]`.
    JUMP_IF_EQ(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] != r[b]`.
    JUMP_IF_NE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] > r[b]`.
    JUMP_IF_GT(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] >= r[b]`.
    JUMP_IF_GE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] < r[b]`.
    JUMP_IF_NOT_LT(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] <= r[b]`.
    JUMP_IF_NOT_LE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] == r[b]`.
    JUMP_IF_NOT_EQ(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] != r[b]`.
    JUMP_IF_NOT_NE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] > r[b]`.
    JUMP_IF_NOT_GT(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] >= r[b]`.
    JUMP_IF_NOT_GE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] < int(b)`.
    JUMP_IF_LT_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] <= int(b)`.
    JUMP_IF_LE_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] == int(b)`.
    JUMP_IF_EQ_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] != int(b)`.
    JUMP_IF_NE_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] > int(b)`.
    JUMP_IF_GT_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump if the truth of `r[a] >= int(b)`.
    JUMP_IF_GE_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] < int(b)`.
    JUMP_IF_NOT_LT_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] <= int(b)`.
    JUMP_IF_NOT_LE_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] == int(b)`.
    JUMP_IF_NOT_EQ_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] != int(b)`.
    JUMP_IF_NOT_NE_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] > int(b)`.
    JUMP_IF_NOT_GT_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Jump unless the truth of `r[a] >= int(b)`.
    JUMP_IF_NOT_GE_I(a: Read, b: Imm, off: Offset) [cache: 1];

    // ---- Loop ends: conditional jumps backward. They poll when they jump.

    /// Poll and jump back if the truth of `r[a]`.
    LOOP_IF_TRUE(a: Read, off: Offset);
    /// Poll and jump back if not the truth of `r[a]`.
    LOOP_IF_FALSE(a: Read, off: Offset);
    /// Poll and jump back if `r[a] is not None`.
    LOOP_IF_NOT_NONE(a: Read, off: Offset);
    /// Poll and jump back if the truth of `r[a] < r[b]`.
    LOOP_IF_LT(a: Read, b: Read, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] <= r[b]`.
    LOOP_IF_LE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] == r[b]`.
    LOOP_IF_EQ(a: Read, b: Read, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] != r[b]`.
    LOOP_IF_NE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] > r[b]`.
    LOOP_IF_GT(a: Read, b: Read, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] >= r[b]`.
    LOOP_IF_GE(a: Read, b: Read, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] < int(b)`.
    LOOP_IF_LT_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] <= int(b)`.
    LOOP_IF_LE_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] == int(b)`.
    LOOP_IF_EQ_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] != int(b)`.
    LOOP_IF_NE_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] > int(b)`.
    LOOP_IF_GT_I(a: Read, b: Imm, off: Offset) [cache: 1];
    /// Poll and jump back if the truth of `r[a] >= int(b)`.
    LOOP_IF_GE_I(a: Read, b: Imm, off: Offset) [cache: 1];

    // ---- Names

    /// `r[c] = ` global `names[imm]`: the function's globals, then its builtins; else
    /// `NameError("name 'NAME' is not defined")`.
    LOAD_GLOBAL(c: Write, imm: Name) [cache: 2];
    /// Stores `r[c]` in the globals.
    STORE_GLOBAL(c: Read, imm: Name) [cache: 1];
    /// Deletes a global, or NameError.
    DELETE_GLOBAL(imm: Name);
    /// `r[c] = ` name `names[imm]` from the frame's namespace (any mapping), then globals, then builtins.
    LOAD_NAME(c: Write, imm: Name) [cache: 2];
    /// Stores `r[c]` in the frame's namespace.
    STORE_NAME(c: Read, imm: Name) [cache: 1];
    /// Deletes from the frame's namespace, or NameError.
    DELETE_NAME(imm: Name);
    /// `r[a] = ` the contents of the cell in register `b`. If empty: for a cell variable UnboundLocalError as in
    /// CHECK_LOCAL; for a free variable
    /// `NameError("cannot access free variable 'NAME' where it is not associated with a value in enclosing scope")`.
    LOAD_DEREF(a: Write, b: Read);
    /// The cell in register `a` gets `r[b]`.
    STORE_DEREF(a: Read, b: Read);
    /// Empties the cell in register `a`; if it is empty, raises as LOAD_DEREF.
    DELETE_DEREF(a: Read);
    /// `r[a] = r[b][NAME]` if the mapping `r[b]` has the name of the cell register `c`, else as LOAD_DEREF of `c`.
    LOAD_FROM_DICT_OR_DEREF(a: Write, b: Read, c: Read);
    /// `r[a] = r[b][names[c]]` if the mapping has it, else as LOAD_GLOBAL.
    LOAD_FROM_DICT_OR_GLOBALS(a: Write, b: Read, c: Name);
    /// `r[a] = ` the frame's namespace object (class bodies, modules).
    LOAD_LOCALS(a: Write);
    /// `r[a] = ` a new empty cell.
    MAKE_CELL(a: Write);
    /// `r[a] = ` a new cell that holds `r[b]` (which may be ABSENT); then `r[b] = ABSENT`.
    MAKE_CELL_FROM(a: Write, b: ReadWrite);
    /// The cells of the function's closure go to `r[c]`, `r[c+1]` … (`imm` of them).
    COPY_FREE_VARS(c: WriteBase, imm: Num);

    // ---- Attributes, items

    /// `r[a] = r[b].NAME`.
    LOAD_ATTR(a: Write, b: Read, c: Name) [cache: 2];
    /// `r[a].NAME = r[b]`.
    STORE_ATTR(a: Read, b: Read, c: Name) [cache: 2];
    /// `del r[a].NAME`.
    DELETE_ATTR(a: Read, c: Name);
    /// Looks `r[b].NAME` up to be called: if it is a function (or other method descriptor) of the type, `r[a]` is
    /// it, unbound, and `r[a+1] = r[b]`; else `r[a]` is the attribute's value and `r[a+1] = ABSENT`. `b` may be `a`.
    LOAD_METHOD(a: WriteBase, b: Read, c: Name) [cache: 2];
    /// `super().NAME`: `r[b]` is what the name `super` gave, `r[b+1]` the class, `r[b+2]` self. If `r[b]` is the
    /// builtin `super`, `r[a] = ` the attribute of `super(class, self)`; else call it (with both arguments if
    /// `x & 1`, without if not) and take the attribute.
    LOAD_SUPER_ATTR(a: Write, b: Base, c: Name, x: Num) [cache: 1];
    /// As LOAD_SUPER_ATTR, giving `r[a]` and `r[a+1]` as LOAD_METHOD does. `a` may be `b`.
    LOAD_SUPER_METHOD(a: WriteBase, b: Base, c: Name, x: Num) [cache: 1];
    /// Looks up a special method on the type of `r[b]` for a `with` statement, to `r[a]` and `r[a+1]` as LOAD_METHOD.
    /// If missing: TypeError `'T' object does not support the [asynchronous ]context manager protocol` (with the hint
    /// for the wrong sort of `with`, as CPython).
    LOAD_SPECIAL(a: WriteBase, b: Read, x: Special);
    /// `r[a] = r[b][r[c]]`.
    LOAD_SUBSCR(a: Write, b: Read, c: Read) [cache: 1];
    /// `r[a] = r[b][int(c)]`.
    LOAD_SUBSCR_I(a: Write, b: Read, c: Imm) [cache: 1];
    /// `r[a][r[b]] = r[c]`.
    STORE_SUBSCR(a: Read, b: Read, c: Read) [cache: 1];
    /// `del r[a][r[b]]`.
    DELETE_SUBSCR(a: Read, b: Read);
    /// `r[a] = r[b][r[c]:r[c+1]]`.
    BINARY_SLICE(a: Write, b: Read, c: Base);
    /// `r[a][r[b]:r[b+1]] = r[c]`.
    STORE_SLICE(a: Read, b: Base, c: Read);

    // ---- Calls

    /// `r[a] = r[b](r[b+2] … r[b+1+c])`. `r[b+1]` is free room: a bound method puts its self there.
    CALL(a: Write, b: Base, c: Num) [cache: 2];
    /// After LOAD_METHOD: `r[a] = r[b]([r[b+1],] r[b+2] … r[b+1+c])`; `r[b+1]` is an argument unless ABSENT.
    CALL_METHOD(a: Write, b: Base, c: Num) [cache: 2];
    /// CALL (or CALL_METHOD if `x`) whose last arguments are named: the extra word is the index of a constant tuple
    /// of names; `c` counts all arguments, positional ones first.
    CALL_KW(a: Write, b: Base, c: Num, x: Num) [extra: 1, cache: 2];
    /// `r[a] = r[b](*r[b+2], **r[b+3])`; `r[b+2]` is a tuple or any iterable, `r[b+3]` a dict, a mapping or ABSENT.
    /// Errors for a non-iterable, non-mapping or doubled keyword name the callable, as CPython.
    CALL_EX(a: Write, b: Base) [cache: 2];

    // ---- Iteration, unpacking

    /// `r[a] = iter(r[b])`.
    GET_ITER(a: Write, b: Read);
    /// `r[a] = next(r[b])`; when exhausted, `r[b] = ABSENT` and jump forward.
    FOR_ITER(a: Write, b: ReadWrite, off: Offset) [cache: 1];
    /// `r[a] = next(r[b])`, poll and jump back; when exhausted, `r[b] = ABSENT` and go on.
    FOR_LOOP(a: Write, b: ReadWrite, off: Offset) [cache: 1];
    /// Unpacks `r[b]` into `c` registers from `r[a]`; ValueError/TypeError as CPython.
    UNPACK_SEQUENCE(a: WriteBase, b: Read, c: Num) [cache: 1];
    /// Unpacks two items of `r[b]`: the first to `r[a]`, the second to `r[c]` (both written after success; if a = c,
    /// the second stays).
    UNPACK_PAIR(a: Write, b: Read, c: Write) [cache: 1];
    /// Unpacks with a star: `x` items, a list of the rest, `c` items, to consecutive registers from `r[a]`.
    UNPACK_EX(a: WriteBase, b: Read, c: Num, x: Num);

    // ---- Building

    /// `r[a] = [r[b] … r[b+c-1]]`.
    BUILD_LIST(a: Write, b: Base, c: Num);
    /// `r[a] = (r[b] … r[b+c-1])`.
    BUILD_TUPLE(a: Write, b: Base, c: Num);
    /// `r[a] = {r[b] … r[b+c-1]}`, added in order.
    BUILD_SET(a: Write, b: Base, c: Num);
    /// `r[a] = ` a dict of `c` pairs: keys in `r[b]`, `r[b+2]` …, values in `r[b+1]`, `r[b+3]` ….
    BUILD_MAP(a: Write, b: Base, c: Num);
    /// `r[a] = ` the strings `r[b] … r[b+c-1]` joined.
    BUILD_STRING(a: Write, b: Base, c: Num);
    /// `r[a] = slice(r[b], r[b+1])`, and `r[b+2]` if `c` is 3.
    BUILD_SLICE(a: Write, b: Base, c: Num);
    /// `r[a].append(r[b])` for a list.
    LIST_APPEND(a: Read, b: Read);
    /// `r[a].add(r[b])` for a set.
    SET_ADD(a: Read, b: Read);
    /// `r[a][r[b]] = r[c]` for a dict.
    MAP_ADD(a: Read, b: Read, c: Read);
    /// `r[a].extend(r[b])` for a list; TypeError `Value after * must be an iterable, not T`.
    LIST_EXTEND(a: Read, b: Read);
    /// `r[a].update(r[b])` for a set.
    SET_UPDATE(a: Read, b: Read);
    /// `r[a].update(r[b])` for a dict, from a mapping; TypeError `'T' object is not a mapping`.
    DICT_UPDATE(a: Read, b: Read);
    /// As DICT_UPDATE for the keywords of a call of `r[c]`: a key twice is a TypeError that names the callable.
    DICT_MERGE(a: Read, b: Read, c: Read);
    /// `r[a] = tuple(r[b])` of a list.
    LIST_TO_TUPLE(a: Write, b: Read);
    /// `r[a] = format(convert(r[b]), '')`; a str that needs no formatting stays itself.
    FORMAT_SIMPLE(a: Write, b: Read, x: Conversion);
    /// `r[a] = format(convert(r[b]), r[c])`.
    FORMAT_WITH_SPEC(a: Write, b: Read, c: Read, x: Conversion);
    /// `r[a] = Template` of the tuple of strings `r[b]` and the tuple of interpolations `r[c]`.
    BUILD_TEMPLATE(a: Write, b: Read, c: Read);
    /// `r[a] = Interpolation(value r[b], expression text r[b+1], conversion c, format spec)`; the spec is `r[b+2]`
    /// if `x`, else `''`. `c` is a [`Conversion`]; none is Python's None.
    BUILD_INTERPOLATION(a: Write, b: Base, c: Num, x: Num);

    // ---- Returns, generators

    /// Returns `r[a]`.
    RETURN(a: Read);
    /// Returns constant `imm`.
    RETURN_CONST(imm: Const);
    /// At entry: makes the generator, coroutine or asynchronous generator (by the code's flags) that will go on at
    /// the next instruction, and returns it.
    RETURN_GENERATOR();
    /// Yields `r[b]` (wrapped as an asynchronous generator's value if `x`); the sent value comes to `r[a]`. While the
    /// frame waits, `r[c]` and all above are spent temporaries: a collection clears them.
    YIELD(a: Write, b: Read, c: Write, x: Num);
    /// `r[a] = yield from r[b]`, where `r[a]` first holds the value to send (None at first). Sends `r[a]` to the
    /// iterator; if it yields, suspends with that value **at this instruction**, and when resumed puts the sent value
    /// into `r[a]` and starts over; if it returns, `r[a]` gets the returned value, `r[b] = ABSENT`, and goes on.
    /// An exception thrown in while suspended is delegated to `r[b]` as PEP 380 says. `x` is 1 for await.
    /// `r[c]` as at `YIELD`.
    YIELD_FROM(a: ReadWrite, b: ReadWrite, c: Write, x: Num) [cache: 1];
    /// `r[a] = ` the iterator for `yield from r[b]`: a generator or (in coroutines) coroutine itself, else `iter()`.
    GET_YIELD_FROM_ITER(a: Write, b: Read);
    /// `r[a] = ` the iterator for `await r[b]`. `x` says for the error text: 0 plain, 1 from `__aenter__`, 2 from
    /// `__aexit__`.
    GET_AWAITABLE(a: Write, b: Read, x: Num);
    /// `r[a] = r[b].__aiter__()`, checked.
    GET_AITER(a: Write, b: Read);
    /// `r[a] = ` the awaitable's iterator for `r[b].__anext__()`.
    GET_ANEXT(a: Write, b: Read);
    /// In the handler of an `async for`: if `r[a]` is a StopAsyncIteration, `r[a] = ABSENT` and go on; else re-raise it.
    END_ASYNC_FOR(a: ReadWrite);

    // ---- Exceptions

    /// `r[a] = ` what this frame handled before (ABSENT if nothing); `r[b]` becomes the handled exception.
    PUSH_EXC(a: Write, b: Read);
    /// The handled exception becomes `r[a]` again; then `r[a] = r[b] = ABSENT`.
    POP_EXC(a: ReadWrite, b: Write);
    /// Jump if the exception `r[a]` is no instance of `r[b]` (a class or tuple of classes, checked: TypeError
    /// `catching classes that do not inherit from BaseException is not allowed`).
    JUMP_IF_NOT_EXC_MATCH(a: Read, b: Read, off: Offset);
    /// `except*`: splits the group `r[b]` by the type `r[c]` (checked as CPython): `r[a] = ` the matching part (a naked
    /// exception wrapped in a group) or None, `r[a+1] = ` the rest or None; a match becomes the handled exception.
    /// Of None (nothing is left) it gives None twice.
    CHECK_EG_MATCH(a: WriteBase, b: Read, c: Read);
    /// Raises: `x = 0` re-raises the handled exception (RuntimeError if none), `x = 1` raises `r[a]`, `x = 2` raises
    /// `r[a]` from `r[b]`.
    RAISE(a: Read, b: Read, x: Num);
    /// Propagates the exception `r[a]` as it is, its traceback untouched by this frame.
    RERAISE(a: Read);
    /// Calls the exit method in `r[b]`, `r[b+1]` (as LOAD_SPECIAL left it) with the type, value and traceback of the
    /// exception `r[c]`; `r[a] = ` the result. `b` and `c` stay live.
    WITH_EXCEPT_START(a: Write, b: Base, c: Read);

    // ---- Patterns

    /// Jump unless `r[a]` is a sequence for patterns.
    JUMP_IF_NOT_SEQUENCE(a: Read, off: Offset);
    /// Jump unless `r[a]` is a mapping for patterns.
    JUMP_IF_NOT_MAPPING(a: Read, off: Offset);
    /// `r[a] = len(r[b])`.
    GET_LEN(a: Write, b: Read);
    /// `r[a] = ` the tuple of values of the mapping `r[b]` for the tuple of keys `r[c]`, or None if one is missing.
    MATCH_KEYS(a: Write, b: Read, c: Read);
    /// Subject `r[b]`, class `r[b+1]`, tuple of attribute names `r[b+2]`: if an instance, `r[a] = ` the tuple of its `c`
    /// positional and its named attributes, else None.
    MATCH_CLASS(a: Write, b: Base, c: Num);

    // ---- Modules, classes, functions, odds and ends

    /// `r[a] = __import__(names[c], globals, locals, fromlist r[b+1], level r[b])`.
    IMPORT_NAME(a: Write, b: Base, c: Name);
    /// `r[a] = ` attribute `names[c]` of the module `r[b]`, or the submodule, or ImportError.
    IMPORT_FROM(a: Write, b: Read, c: Name);
    /// `from r[a] import *` into the frame's namespace.
    IMPORT_STAR(a: Read);
    /// `r[a] = __build_class__` of the builtins.
    LOAD_BUILD_CLASS(a: Write);
    /// `r[a] = ` a function of the code constant in the extra word; `x` are [`FunctionFlags`] which say what stands in
    /// the registers from `b`, in the flags' order.
    MAKE_FUNCTION(a: Write, b: Base, x: Num) [extra: 1];
    /// Gives the frame's namespace an `__annotations__` dict if it has none.
    SETUP_ANNOTATIONS();
    /// `r[a] = ` intrinsic `x` of `r[b]`.
    INTRINSIC_1(a: Write, b: Read, x: Intrinsic1);
    /// `r[a] = ` intrinsic `x` of `r[b]` and `r[c]`.
    INTRINSIC_2(a: Write, b: Read, c: Read, x: Intrinsic2);
    /// Nothing: stands for the beginning of a frame. The first word of code, which is never run; in generators the
    /// word after RETURN_GENERATOR.
    RESUME();
}

impl Op {
    /// The number of operations.
    pub const COUNT: usize = Op::ALL.len();

    /// The operation with this number.
    #[inline]
    pub const fn from_u8(n: u8) -> Option<Op> {
        if (n as usize) < Op::COUNT {
            Some(Op::ALL[n as usize])
        } else {
            None
        }
    }

    /// Its format.
    #[inline]
    pub const fn info(self) -> &'static OpInfo {
        &Op::INFO[self as usize]
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.info().name
    }

    /// Whether control never passes to the next instruction.
    pub const fn is_terminator(self) -> bool {
        matches!(
            self,
            Op::JUMP | Op::JUMP_BACK | Op::RETURN | Op::RETURN_CONST | Op::RAISE | Op::RERAISE
        )
    }
}

macro_rules! numbered {
    ($(#[$meta:meta])* $name:ident { $( $(#[doc = $doc:literal])+ $variant:ident = $text:literal, )* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum $name { $( $(#[doc = $doc])+ $variant, )* }

        impl $name {
            /// All of them, in order of their numbers.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )* ];

            /// The one with this number.
            pub const fn from_u8(n: u8) -> Option<$name> {
                if (n as usize) < Self::ALL.len() { Some(Self::ALL[n as usize]) } else { None }
            }

            /// Its text in a disassembly.
            pub const fn text(self) -> &'static str {
                match self { $( $name::$variant => $text, )* }
            }
        }
    };
}

numbered! {
    /// Binary operators.
    BinaryOp {
        /// `+`
        Add = "+",
        /// `-`
        Sub = "-",
        /// `*`
        Mul = "*",
        /// `@`
        MatMul = "@",
        /// `/`
        TrueDiv = "/",
        /// `%`
        Mod = "%",
        /// `**`
        Pow = "**",
        /// `<<`
        LShift = "<<",
        /// `>>`
        RShift = ">>",
        /// `|`
        Or = "|",
        /// `^`
        Xor = "^",
        /// `&`
        And = "&",
        /// `//`
        FloorDiv = "//",
    }
}

impl BinaryOp {
    /// The flag in `BINARY_OP`'s `x` for the in-place operator.
    pub const INPLACE: u8 = 0x80;
}

numbered! {
    /// Rich comparisons, numbered as CPython's `Py_LT` …
    CmpOp {
        /// `<`
        Lt = "<",
        /// `<=`
        Le = "<=",
        /// `==`
        Eq = "==",
        /// `!=`
        Ne = "!=",
        /// `>`
        Gt = ">",
        /// `>=`
        Ge = ">=",
    }
}

numbered! {
    /// Unary operators of `UNARY_OP`.
    UnaryOp {
        /// `-`
        Neg = "-",
        /// `+`
        Pos = "+",
        /// `~`
        Invert = "~",
    }
}

numbered! {
    /// The special methods of `LOAD_SPECIAL`.
    Special {
        /// `__enter__`
        Enter = "__enter__",
        /// `__exit__`
        Exit = "__exit__",
        /// `__aenter__`
        AEnter = "__aenter__",
        /// `__aexit__`
        AExit = "__aexit__",
    }
}

numbered! {
    /// Conversions of replacement fields.
    Conversion {
        /// none
        None = "",
        /// `!s`
        Str = "!s",
        /// `!r`
        Repr = "!r",
        /// `!a`
        Ascii = "!a",
    }
}

numbered! {
    /// Builtins that the language itself uses.
    CommonConst {
        /// for `assert`
        AssertionError = "AssertionError",
        /// for the annotation function's check of its format
        NotImplementedError = "NotImplementedError",
    }
}

numbered! {
    /// `INTRINSIC_1`.
    Intrinsic1 {
        /// `sys.displayhook(r[b])`, for interactive statements; gives None.
        Print = "print",
        /// If `r[b]` is a StopIteration inside a generator or coroutine (or StopAsyncIteration inside an asynchronous
        /// generator): the RuntimeError that replaces it, caused by it; else `r[b]`.
        StopIterationError = "stopiteration_error",
        /// `TypeVar(name r[b])`, bounds to infer variance.
        TypeVar = "typevar",
        /// `ParamSpec(name r[b])`.
        ParamSpec = "paramspec",
        /// `TypeVarTuple(name r[b])`.
        TypeVarTuple = "typevartuple",
        /// `Generic[*r[b]]` for the tuple of type parameters `r[b]` (a TypeVarTuple unpacked).
        SubscriptGeneric = "subscript_generic",
        /// `TypeAliasType` of the tuple `(name, type params or None, evaluator function)`.
        TypeAlias = "typealias",
    }
}

numbered! {
    /// `INTRINSIC_2`.
    Intrinsic2 {
        /// `except*`: from the original exception `r[b]` and the list `r[c]` of raised and unhandled parts (Nones in it
        /// are skipped), the exception to raise, or None: one raised exception alone is raised as it is, several and
        /// what is left of the original (its structure kept) are grouped.
        PrepReraiseStar = "prep_reraise_star",
        /// `TypeVar(name r[b], bound evaluator r[c])`.
        TypeVarWithBound = "typevar_with_bound",
        /// `TypeVar(name r[b], constraints evaluator r[c])`.
        TypeVarWithConstraints = "typevar_with_constraints",
        /// Sets the type parameters `r[c]` (a tuple) of function `r[b]`; gives the function.
        SetFunctionTypeParams = "set_function_type_params",
        /// Sets the evaluator `r[c]` of type parameter `r[b]`'s default; gives the parameter.
        SetTypeParamDefault = "set_typeparam_default",
    }
}

/// Flags of `MAKE_FUNCTION`: what the registers from `b` hold, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FunctionFlags;

impl FunctionFlags {
    /// A tuple of defaults for positional parameters.
    pub const DEFAULTS: u8 = 1;
    /// A dict of defaults for keyword-only parameters.
    pub const KWDEFAULTS: u8 = 2;
    /// A dict of annotations (`from __future__ import annotations`).
    pub const ANNOTATIONS: u8 = 4;
    /// The `__annotate__` function.
    pub const ANNOTATE: u8 = 8;
    /// A tuple of cells: the closure.
    pub const CLOSURE: u8 = 16;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_consistent() {
        const { assert!(Op::COUNT <= 256) };
        for (n, &op) in Op::ALL.iter().enumerate() {
            assert_eq!(op as usize, n);
            let info = op.info();
            if info.has_off24() {
                assert!(
                    info.x == Slot::Unused && info.c == Slot::Unused,
                    "{}",
                    info.name
                );
            }
            if info.imm != Slot::Unused {
                assert!(
                    info.a == Slot::Unused && info.b == Slot::Unused,
                    "{}",
                    info.name
                );
            }
        }
    }
}
