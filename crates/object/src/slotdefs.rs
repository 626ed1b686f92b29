//! The table of special methods: which slot each stands for, how a slot is called as a method (wrapper), and the
//! function that a slot gets when a class written in Python defines the method (trampoline).

use crate::call::{self, Args};
use crate::error::{PyResult, Raised};
use crate::exception as exc;
use crate::heap::Object;
use crate::names::{self, Name};
use crate::slots::{CmpOp, Slots};
use crate::thread::Thread;
use crate::types::{Type, class_of};
use crate::value::Value;
use crate::{attr, ops};

mod compute;

pub use compute::{compute, is_special};

/// One special method.
pub struct SlotDef {
    /// Its name.
    pub name: &'static str,
    /// Its interned name.
    pub key: &'static Name,
    /// Calls the slot of `owner` as the method: receiver, then the other arguments.
    pub wrap: fn(&Thread, &Object<Type>, Value, Args) -> PyResult,
    /// Whether the slot is set.
    pub is_set: fn(&Slots) -> bool,
    /// Takes the slot over from another type's.
    pub copy: fn(&Slots, &mut Slots),
    /// Sets the slot to the trampoline.
    pub install: fn(&mut Slots),
    /// The signature that `inspect` shows.
    pub sig: &'static str,
    /// The docstring.
    pub doc: &'static str,
}

fn arity(th: &Thread, args: &Args, n: usize) -> PyResult<()> {
    if args.has_kw() {
        return Err(th.type_error("wrapper call takes no keyword arguments"));
    }
    if args.values.len() != n {
        let s = if n == 1 { "" } else { "s" };
        return Err(th.type_error(format!(
            "expected {n} argument{s}, got {}",
            args.values.len()
        )));
    }
    Ok(())
}

fn special(th: &Thread, v: Value, name: &Name, args: &[Value]) -> PyResult<Option<Value>> {
    attr::call_special(th, v, name.get(), args)
}

/// As [`special`], for a method that was there when the slot was set.
fn must(th: &Thread, v: Value, name: &Name, args: &[Value]) -> PyResult {
    match special(th, v, name, args)? {
        Some(r) => Ok(r),
        None => Err(gone(th, v, name)),
    }
}

/// The method went between the choice of the slot and the call: what is said of a class without it.
#[cold]
fn gone(th: &Thread, v: Value, name: &Name) -> Raised {
    let t = class_of(v).name_text();
    let name = name.get();
    if name.is(names::LEN.get()) {
        return th.type_error(format!("object of type '{t}' has no len()"));
    }
    let lacks = [
        (&names::ITER, "iterable"),
        (&names::NEXT, "an iterator"),
        (&names::CALL, "callable"),
        (&names::GETITEM, "subscriptable"),
    ];
    match lacks.iter().find(|(n, _)| n.get().is(name)) {
        Some((_, what)) => th.type_error(format!("'{t}' object is not {what}")),
        None => th.no_attribute(v, name),
    }
}

fn or_not_implemented(r: PyResult<Option<Value>>) -> PyResult {
    r.map(|v| v.unwrap_or(Value::NOT_IMPLEMENTED))
}

fn overridden(a: Value, b: Value, name: &Name) -> bool {
    let (x, y) = (
        attr::type_lookup(class_of(a), name.get()),
        attr::type_lookup(class_of(b), name.get()),
    );
    y.is_some() && x != y
}

macro_rules! binary_trampoline {
    ($f:ident, $slot:ident, $name:ident, $rname:ident) => {
        fn $f(th: &Thread, a: Value, b: Value) -> PyResult {
            let (ta, tb) = (class_of(a), class_of(b));
            let mine = |t: &Object<Type>| {
                t.slots()
                    .$slot
                    .is_some_and(|f| f as usize == $f as *const () as usize)
            };
            let mut other = !ta.is(tb) && mine(tb);
            if mine(ta) {
                if other && tb.is_subtype(ta) && overridden(a, b, &names::$rname) {
                    let r = or_not_implemented(special(th, b, &names::$rname, &[a]))?;
                    if !r.is(Value::NOT_IMPLEMENTED) {
                        return Ok(r);
                    }
                    other = false;
                }
                let r = or_not_implemented(special(th, a, &names::$name, &[b]))?;
                if !r.is(Value::NOT_IMPLEMENTED) || ta.is(tb) {
                    return Ok(r);
                }
            }
            if other {
                or_not_implemented(special(th, b, &names::$rname, &[a]))
            } else {
                Ok(Value::NOT_IMPLEMENTED)
            }
        }
    };
}

macro_rules! inplace_trampoline {
    ($f:ident, $name:ident) => {
        fn $f(th: &Thread, a: Value, b: Value) -> PyResult {
            or_not_implemented(special(th, a, &names::$name, &[b]))
        }
    };
}

macro_rules! unary_trampoline {
    ($f:ident, $name:ident) => {
        fn $f(th: &Thread, a: Value) -> PyResult {
            must(th, a, &names::$name, &[])
        }
    };
}

binary_trampoline!(tr_add, add, ADD, RADD);
inplace_trampoline!(tr_iadd, IADD);
binary_trampoline!(tr_sub, sub, SUB, RSUB);
inplace_trampoline!(tr_isub, ISUB);
binary_trampoline!(tr_mul, mul, MUL, RMUL);
inplace_trampoline!(tr_imul, IMUL);
binary_trampoline!(tr_rem, rem, MOD, RMOD);
inplace_trampoline!(tr_irem, IMOD);
binary_trampoline!(tr_divmod, divmod, DIVMOD, RDIVMOD);
binary_trampoline!(tr_lshift, lshift, LSHIFT, RLSHIFT);
inplace_trampoline!(tr_ilshift, ILSHIFT);
binary_trampoline!(tr_rshift, rshift, RSHIFT, RRSHIFT);
inplace_trampoline!(tr_irshift, IRSHIFT);
binary_trampoline!(tr_and, and, AND, RAND);
inplace_trampoline!(tr_iand, IAND);
binary_trampoline!(tr_or, or, OR, ROR);
inplace_trampoline!(tr_ior, IOR);
binary_trampoline!(tr_xor, xor, XOR, RXOR);
inplace_trampoline!(tr_ixor, IXOR);
binary_trampoline!(tr_floordiv, floordiv, FLOORDIV, RFLOORDIV);
inplace_trampoline!(tr_ifloordiv, IFLOORDIV);
binary_trampoline!(tr_truediv, truediv, TRUEDIV, RTRUEDIV);
inplace_trampoline!(tr_itruediv, ITRUEDIV);
binary_trampoline!(tr_matmul, matmul, MATMUL, RMATMUL);
inplace_trampoline!(tr_imatmul, IMATMUL);
unary_trampoline!(tr_neg, NEG);
unary_trampoline!(tr_pos, POS);
unary_trampoline!(tr_abs, ABS);
unary_trampoline!(tr_invert, INVERT);
unary_trampoline!(tr_int, INT);
unary_trampoline!(tr_float, FLOAT);
unary_trampoline!(tr_index, INDEX);
unary_trampoline!(tr_repr, REPR);
unary_trampoline!(tr_str, STR);
unary_trampoline!(tr_await_, AWAIT);
unary_trampoline!(tr_aiter, AITER);
unary_trampoline!(tr_anext, ANEXT);
inplace_trampoline!(tr_ipow, IPOW);

fn tr_pow(th: &Thread, a: Value, b: Value, m: Value) -> PyResult {
    let (ta, tb) = (class_of(a), class_of(b));
    let mine = |t: &Object<Type>| {
        t.slots()
            .pow
            .is_some_and(|f| f as usize == tr_pow as *const () as usize)
    };
    if !m.is_none() {
        return if mine(ta) {
            or_not_implemented(special(th, a, &names::POW, &[b, m]))
        } else if mine(tb) {
            or_not_implemented(special(th, b, &names::RPOW, &[a, m]))
        } else {
            Ok(Value::NOT_IMPLEMENTED)
        };
    }
    let mut other = !ta.is(tb) && mine(tb);
    if mine(ta) {
        if other && tb.is_subtype(ta) && overridden(a, b, &names::RPOW) {
            let r = or_not_implemented(special(th, b, &names::RPOW, &[a]))?;
            if !r.is(Value::NOT_IMPLEMENTED) {
                return Ok(r);
            }
            other = false;
        }
        let r = or_not_implemented(special(th, a, &names::POW, &[b]))?;
        if !r.is(Value::NOT_IMPLEMENTED) || ta.is(tb) {
            return Ok(r);
        }
    }
    if other {
        or_not_implemented(special(th, b, &names::RPOW, &[a]))
    } else {
        Ok(Value::NOT_IMPLEMENTED)
    }
}

fn tr_iter(th: &Thread, v: Value) -> PyResult {
    match attr::type_lookup(class_of(v), names::ITER.get()) {
        Some(Value::NONE) => Err(th.type_error(format!(
            "'{}' object is not iterable",
            class_of(v).tp_name()
        ))),
        Some(_) => must(th, v, &names::ITER, &[]),
        None => crate::iter::SeqIter::new(th, v),
    }
}

fn tr_next(th: &Thread, v: Value) -> PyResult {
    match must(th, v, &names::NEXT, &[]) {
        Ok(x) => Ok(x),
        Err(e)
            if e.is(&exc::STOP_ITERATION)
                && exc::get_extra(e.0, exc::extra::VALUE)
                    .or(Value::NONE)
                    .is_none() =>
        {
            Ok(Value::ABSENT)
        }
        Err(e) => Err(e),
    }
}

fn tr_hash(th: &Thread, v: Value) -> PyResult<i64> {
    let r = match attr::type_lookup(class_of(v), names::HASH.get()) {
        Some(Value::NONE) | None => return Err(ops::unhashable(th, v)),
        Some(_) => must(th, v, &names::HASH, &[])?,
    };
    match r.as_int() {
        Some(crate::numbers::Int::Small(-1)) => Ok(-2),
        Some(crate::numbers::Int::Small(n)) => Ok(n),
        // A word is taken as it is: `hash(text)` passed on must hit the text's own entry.
        Some(crate::numbers::Int::Big(n)) => match n.to_i64() {
            Some(-1) => Ok(-2),
            Some(n) => Ok(n),
            None => Ok(taipan_num::hash::hash_int_ref(n)),
        },
        None => Err(th.type_error("__hash__ method should return an integer")),
    }
}

fn tr_call(th: &Thread, v: Value, args: Args) -> PyResult {
    let ty = class_of(v);
    let Some(d) = attr::type_lookup(ty, names::CALL.get()) else {
        return Err(th.type_error(format!("'{}' object is not callable", ty.tp_name())));
    };
    if class_of(d).has_flag(crate::types::flags::METHOD_DESCRIPTOR) {
        return args.with_first(th, v, |a| call::call_args(th, d, a));
    }
    let bound = match class_of(d).slots().descr_get {
        Some(g) => g(th, d, v, ty.value())?,
        None => d,
    };
    call::call_args(th, bound, args)
}

fn tr_richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let name = [
        &names::LT,
        &names::LE,
        &names::EQ,
        &names::NE,
        &names::GT,
        &names::GE,
    ][op as usize];
    or_not_implemented(special(th, a, name, &[b]))
}

fn tr_getattro(th: &Thread, v: Value, name: Value) -> PyResult {
    let ty = class_of(v);
    let own = attr::type_lookup(ty, names::GETATTRIBUTE.get());
    let native = own.and_then(|d| d.downcast::<crate::func::WrapperDescriptor>());
    let r = match native {
        Some(w) => match w.owner.expect().slots().getattro {
            Some(f) => f(th, v, name),
            None => attr::generic_get(th, v, name),
        },
        None => must(th, v, &names::GETATTRIBUTE, &[name]),
    };
    match r {
        Err(e) if e.is(&exc::ATTRIBUTE_ERROR) => match special(th, v, &names::GETATTR, &[name])? {
            Some(x) => Ok(x),
            None => Err(e),
        },
        r => r,
    }
}

fn tr_setattro(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        must(th, v, &names::DELATTR, &[name])?;
    } else {
        must(th, v, &names::SETATTR, &[name, value])?;
    }
    Ok(())
}

fn tr_descr_get(th: &Thread, d: Value, obj: Value, owner: Value) -> PyResult {
    let r = special(
        th,
        d,
        &names::GET,
        &[obj.or(Value::NONE), owner.or(Value::NONE)],
    )?;
    Ok(r.unwrap_or(d))
}

fn tr_descr_set(th: &Thread, d: Value, obj: Value, value: Value) -> PyResult<()> {
    let (name, r) = if value.is_absent() {
        (&names::DELETE, special(th, d, &names::DELETE, &[obj])?)
    } else {
        (&names::SET, special(th, d, &names::SET, &[obj, value])?)
    };
    match r {
        Some(_) => Ok(()),
        None => Err(th.raise(&exc::ATTRIBUTE_ERROR, name.text())),
    }
}

fn tr_init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let Some(d) = attr::type_lookup(class_of(v), names::INIT.get()) else {
        return Ok(());
    };
    let r = if class_of(d).has_flag(crate::types::flags::METHOD_DESCRIPTOR) {
        args.with_first(th, v, |a| call::call_args(th, d, a))?
    } else {
        let f = match class_of(d).slots().descr_get {
            Some(g) => g(th, d, v, class_of(v).value())?,
            None => d,
        };
        call::call_args(th, f, args)?
    };
    if r.is_none() {
        Ok(())
    } else {
        Err(th.type_error(format!(
            "__init__() should return None, not '{}'",
            class_of(r).tp_name()
        )))
    }
}

fn tr_new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let f = attr::get(th, cls.value(), names::NEW.get())?;
    args.with_first(th, cls.value(), |a| call::call_args(th, f, a))
}

fn tr_del(th: &Thread, v: Value) -> PyResult<()> {
    special(th, v, &names::DEL, &[]).map(|_| ())
}

fn tr_len(th: &Thread, v: Value) -> PyResult<usize> {
    let r = must(th, v, &names::LEN, &[])?;
    let n = ops::index(th, r)?;
    match n.as_i64() {
        Some(n) if n >= 0 => Ok(n as usize),
        _ if n.as_int().is_some_and(|i| i.to_big().is_negative()) => {
            Err(th.value_error("__len__() should return >= 0"))
        }
        _ => Err(th.overflow_error(format!(
            "cannot fit '{}' into an index-sized integer",
            class_of(n).name_text()
        ))),
    }
}

fn tr_getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    must(th, v, &names::GETITEM, &[key])
}

fn tr_setitem(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        must(th, v, &names::DELITEM, &[key])?;
    } else {
        must(th, v, &names::SETITEM, &[key, value])?;
    }
    Ok(())
}

fn tr_contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    match attr::type_lookup(class_of(v), names::CONTAINS.get()) {
        Some(Value::NONE) => Err(th.type_error(format!(
            "'{}' object is not a container",
            class_of(v).tp_name()
        ))),
        Some(_) => {
            let r = must(th, v, &names::CONTAINS, &[x])?;
            ops::truth(th, r)
        }
        None => {
            let it = ops::iter(th, v)?;
            while let Some(y) = ops::next(th, it)? {
                if ops::eq(th, y, x)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

fn tr_bool(th: &Thread, v: Value) -> PyResult<bool> {
    match special(th, v, &names::BOOL, &[])? {
        Some(Value::TRUE) => Ok(true),
        Some(Value::FALSE) => Ok(false),
        Some(r) => Err(th.type_error(format!(
            "__bool__ should return bool, returned {}",
            class_of(r).tp_name()
        ))),
        None => match class_of(v).slots().len {
            Some(f) => Ok(f(th, v)? != 0),
            None => Ok(true),
        },
    }
}

fn tr_buffer(th: &Thread, v: Value, writable: bool) -> PyResult<crate::buffer::Buffer> {
    let flags = Value::small_int(if writable { 1 } else { 0 });
    let r = must(th, v, &names::BUFFER, &[flags])?;
    if class_of(r).slots().buffer.is_none() || r.is(v) {
        return Err(th.type_error(format!(
            "__buffer__ returned non-memoryview object (type {})",
            class_of(r).tp_name()
        )));
    }
    crate::buffer::get(th, r, writable)
}

macro_rules! def {
    ($name:literal, $key:ident, $slot:ident, $tr:expr, $sig:literal, $doc:literal, $wrap:expr) => {
        SlotDef {
            name: $name,
            key: &names::$key,
            wrap: $wrap,
            is_set: |s| s.$slot.is_some(),
            copy: |from, to| to.$slot = from.$slot,
            install: |s| s.$slot = Some($tr),
            sig: $sig,
            doc: $doc,
        }
    };
}

macro_rules! unary {
    ($name:literal, $key:ident, $slot:ident, $tr:expr, $doc:literal) => {
        def!(
            $name,
            $key,
            $slot,
            $tr,
            "($self, /)",
            $doc,
            |th, owner, v, args| {
                arity(th, &args, 0)?;
                slot(owner.slots().$slot)(th, v)
            }
        )
    };
}

macro_rules! binary {
    ($name:literal, $key:ident, $slot:ident, $tr:expr) => {
        def!(
            $name,
            $key,
            $slot,
            $tr,
            "($self, value, /)",
            "Return self OP value.",
            |th, owner, v, args| {
                arity(th, &args, 1)?;
                slot(owner.slots().$slot)(th, v, args.values[0])
            }
        )
    };
}

macro_rules! reflected {
    ($name:literal, $key:ident, $slot:ident, $tr:expr) => {
        def!(
            $name,
            $key,
            $slot,
            $tr,
            "($self, value, /)",
            "Return value OP self.",
            |th, owner, v, args| {
                arity(th, &args, 1)?;
                slot(owner.slots().$slot)(th, args.values[0], v)
            }
        )
    };
}

macro_rules! compare {
    ($name:literal, $key:ident, $op:ident) => {
        def!(
            $name,
            $key,
            richcmp,
            tr_richcmp,
            "($self, value, /)",
            "Return self OP value.",
            |th, owner, v, args| {
                arity(th, &args, 1)?;
                slot(owner.slots().richcmp)(th, v, args.values[0], CmpOp::$op)
            }
        )
    };
}

/// The slot that a wrapper was made for: a type never loses a slot that it has itself.
fn slot<F>(f: Option<F>) -> F {
    f.expect("a wrapper descriptor's owner has the slot")
}

type SetAttr = fn(&Thread, Value, Value, Value) -> PyResult<()>;

/// The slot behind `owner.__setattr__`, unless the object's own native type has another: what that one guards
/// (immutable classes, for one) must not be got round.
fn attribute_setter(th: &Thread, owner: &Object<Type>, v: Value, what: &str) -> PyResult<SetAttr> {
    let mut native = class_of(v);
    while let (true, Some(b)) = (native.is_heap(), native.base.get()) {
        native = b;
    }
    let address = |f: Option<SetAttr>| f.map(|f| f as usize);
    let own = owner.slots().setattro;
    // What `object` does for modules is all that their own slot does.
    let guards = v.downcast::<crate::func::Module>().is_none();
    if guards && !owner.is_heap() && address(native.slots().setattro) != address(own) {
        return Err(th.type_error(format!(
            "can't apply this {what} to {} object",
            native.tp_name()
        )));
    }
    Ok(own.unwrap_or(attr::generic_set))
}

/// All special methods that stand for slots.
pub static SLOTDEFS: &[SlotDef] = &[
    binary!("__add__", ADD, add, tr_add),
    reflected!("__radd__", RADD, add, tr_add),
    binary!("__iadd__", IADD, iadd, tr_iadd),
    binary!("__sub__", SUB, sub, tr_sub),
    reflected!("__rsub__", RSUB, sub, tr_sub),
    binary!("__isub__", ISUB, isub, tr_isub),
    binary!("__mul__", MUL, mul, tr_mul),
    reflected!("__rmul__", RMUL, mul, tr_mul),
    binary!("__imul__", IMUL, imul, tr_imul),
    binary!("__mod__", MOD, rem, tr_rem),
    reflected!("__rmod__", RMOD, rem, tr_rem),
    binary!("__imod__", IMOD, irem, tr_irem),
    binary!("__divmod__", DIVMOD, divmod, tr_divmod),
    reflected!("__rdivmod__", RDIVMOD, divmod, tr_divmod),
    binary!("__lshift__", LSHIFT, lshift, tr_lshift),
    reflected!("__rlshift__", RLSHIFT, lshift, tr_lshift),
    binary!("__ilshift__", ILSHIFT, ilshift, tr_ilshift),
    binary!("__rshift__", RSHIFT, rshift, tr_rshift),
    reflected!("__rrshift__", RRSHIFT, rshift, tr_rshift),
    binary!("__irshift__", IRSHIFT, irshift, tr_irshift),
    binary!("__and__", AND, and, tr_and),
    reflected!("__rand__", RAND, and, tr_and),
    binary!("__iand__", IAND, iand, tr_iand),
    binary!("__or__", OR, or, tr_or),
    reflected!("__ror__", ROR, or, tr_or),
    binary!("__ior__", IOR, ior, tr_ior),
    binary!("__xor__", XOR, xor, tr_xor),
    reflected!("__rxor__", RXOR, xor, tr_xor),
    binary!("__ixor__", IXOR, ixor, tr_ixor),
    binary!("__floordiv__", FLOORDIV, floordiv, tr_floordiv),
    reflected!("__rfloordiv__", RFLOORDIV, floordiv, tr_floordiv),
    binary!("__ifloordiv__", IFLOORDIV, ifloordiv, tr_ifloordiv),
    binary!("__truediv__", TRUEDIV, truediv, tr_truediv),
    reflected!("__rtruediv__", RTRUEDIV, truediv, tr_truediv),
    binary!("__itruediv__", ITRUEDIV, itruediv, tr_itruediv),
    binary!("__matmul__", MATMUL, matmul, tr_matmul),
    reflected!("__rmatmul__", RMATMUL, matmul, tr_matmul),
    binary!("__imatmul__", IMATMUL, imatmul, tr_imatmul),
    unary!("__neg__", NEG, neg, tr_neg, "-self"),
    unary!("__pos__", POS, pos, tr_pos, "+self"),
    unary!("__abs__", ABS, abs, tr_abs, "abs(self)"),
    unary!("__invert__", INVERT, invert, tr_invert, "~self"),
    unary!("__int__", INT, int, tr_int, "int(self)"),
    unary!("__float__", FLOAT, float, tr_float, "float(self)"),
    unary!(
        "__index__",
        INDEX,
        index,
        tr_index,
        "Return self converted to an integer, if self is suitable for use as an index into a list."
    ),
    unary!("__repr__", REPR, repr, tr_repr, "Return repr(self)."),
    unary!("__str__", STR, str, tr_str, "Return str(self)."),
    unary!("__iter__", ITER, iter, tr_iter, "Implement iter(self)."),
    unary!(
        "__await__",
        AWAIT,
        await_,
        tr_await_,
        "Return an iterator to be used in await expression."
    ),
    unary!(
        "__aiter__",
        AITER,
        aiter,
        tr_aiter,
        "Return an awaitable, that resolves in asynchronous iterator."
    ),
    unary!(
        "__anext__",
        ANEXT,
        anext,
        tr_anext,
        "Return a value or raise StopAsyncIteration."
    ),
    compare!("__lt__", LT, Lt),
    compare!("__le__", LE, Le),
    compare!("__eq__", EQ, Eq),
    compare!("__ne__", NE, Ne),
    compare!("__gt__", GT, Gt),
    compare!("__ge__", GE, Ge),
    binary!("__ipow__", IPOW, ipow, tr_ipow),
    def!(
        "__pow__",
        POW,
        pow,
        tr_pow,
        "($self, value, mod=None, /)",
        "Return pow(self, value, mod).",
        |th, o, v, args| {
            match args.values {
                [b] if !args.has_kw() => slot(o.slots().pow)(th, v, *b, Value::NONE),
                [b, m] if !args.has_kw() => slot(o.slots().pow)(th, v, *b, *m),
                _ => Err(th.type_error(format!(
                    "expected 1 or 2 arguments, got {}",
                    args.values.len()
                ))),
            }
        }
    ),
    def!(
        "__rpow__",
        RPOW,
        pow,
        tr_pow,
        "($self, value, mod=None, /)",
        "Return pow(value, self, mod).",
        |th, o, v, args| {
            match args.values {
                [b] if !args.has_kw() => slot(o.slots().pow)(th, *b, v, Value::NONE),
                [b, m] if !args.has_kw() => slot(o.slots().pow)(th, *b, v, *m),
                _ => Err(th.type_error(format!(
                    "expected 1 or 2 arguments, got {}",
                    args.values.len()
                ))),
            }
        }
    ),
    def!(
        "__hash__",
        HASH,
        hash,
        tr_hash,
        "($self, /)",
        "Return hash(self).",
        |th, o, v, args| {
            arity(th, &args, 0)?;
            Ok(Value::int(th, slot(o.slots().hash)(th, v)?))
        }
    ),
    def!(
        "__call__",
        CALL,
        call,
        tr_call,
        "($self, /, *args, **kwargs)",
        "Call self as a function.",
        |th, o, v, args| { slot(o.slots().call)(th, v, args) }
    ),
    def!(
        "__next__",
        NEXT,
        next,
        tr_next,
        "($self, /)",
        "Implement next(self).",
        |th, o, v, args| {
            arity(th, &args, 0)?;
            match slot(o.slots().next)(th, v)?.present() {
                Some(x) => Ok(x),
                None => Err(th.stop_iteration(Value::NONE)),
            }
        }
    ),
    def!(
        "__getattribute__",
        GETATTRIBUTE,
        getattro,
        tr_getattro,
        "($self, name, /)",
        "Return getattr(self, name).",
        |th, o, v, args| {
            arity(th, &args, 1)?;
            o.slots().getattro.unwrap_or(attr::generic_get)(th, v, args.values[0])
        }
    ),
    def!(
        "__setattr__",
        SETATTR,
        setattro,
        tr_setattro,
        "($self, name, value, /)",
        "Implement setattr(self, name, value).",
        |th, o, v, args| {
            arity(th, &args, 2)?;
            let f = attribute_setter(th, o, v, "__setattr__")?;
            f(th, v, args.values[0], args.values[1]).map(|()| Value::NONE)
        }
    ),
    def!(
        "__delattr__",
        DELATTR,
        setattro,
        tr_setattro,
        "($self, name, /)",
        "Implement delattr(self, name).",
        |th, o, v, args| {
            arity(th, &args, 1)?;
            let f = attribute_setter(th, o, v, "__delattr__")?;
            f(th, v, args.values[0], Value::ABSENT).map(|()| Value::NONE)
        }
    ),
    def!(
        "__get__",
        GET,
        descr_get,
        tr_descr_get,
        "($self, instance, owner=None, /)",
        "Return an attribute of instance, which is of type owner.",
        |th, o, v, args| {
            let (obj, owner) = match args.values {
                [obj] if !args.has_kw() => (*obj, Value::NONE),
                [obj, owner] if !args.has_kw() => (*obj, *owner),
                _ => {
                    return Err(th.type_error(format!(
                        "expected 1 or 2 arguments, got {}",
                        args.values.len()
                    )));
                }
            };
            if obj.is_none() && owner.is_none() {
                return Err(th.type_error("__get__(None, None) is invalid"));
            }
            let absent = |v: Value| if v.is_none() { Value::ABSENT } else { v };
            slot(o.slots().descr_get)(th, v, absent(obj), absent(owner))
        }
    ),
    def!(
        "__set__",
        SET,
        descr_set,
        tr_descr_set,
        "($self, instance, value, /)",
        "Set an attribute of instance to value.",
        |th, o, v, args| {
            arity(th, &args, 2)?;
            slot(o.slots().descr_set)(th, v, args.values[0], args.values[1]).map(|()| Value::NONE)
        }
    ),
    def!(
        "__delete__",
        DELETE,
        descr_set,
        tr_descr_set,
        "($self, instance, /)",
        "Delete an attribute of instance.",
        |th, o, v, args| {
            arity(th, &args, 1)?;
            slot(o.slots().descr_set)(th, v, args.values[0], Value::ABSENT).map(|()| Value::NONE)
        }
    ),
    def!(
        "__init__",
        INIT,
        init,
        tr_init,
        "($self, /, *args, **kwargs)",
        "Initialize self.  See help(type(self)) for accurate signature.",
        |th, o, v, args| { slot(o.slots().init)(th, v, args).map(|()| Value::NONE) }
    ),
    def!(
        "__del__",
        DEL,
        del,
        tr_del,
        "($self, /)",
        "Called when the instance is about to be destroyed.",
        |th, o, v, args| {
            arity(th, &args, 0)?;
            slot(o.slots().del)(th, v).map(|()| Value::NONE)
        }
    ),
    def!(
        "__len__",
        LEN,
        len,
        tr_len,
        "($self, /)",
        "Return len(self).",
        |th, o, v, args| {
            arity(th, &args, 0)?;
            Ok(Value::usize(th, slot(o.slots().len)(th, v)?))
        }
    ),
    def!(
        "__getitem__",
        GETITEM,
        getitem,
        tr_getitem,
        "($self, key, /)",
        "Return self[key].",
        |th, o, v, args| {
            arity(th, &args, 1)?;
            slot(o.slots().getitem)(th, v, args.values[0])
        }
    ),
    def!(
        "__setitem__",
        SETITEM,
        setitem,
        tr_setitem,
        "($self, key, value, /)",
        "Set self[key] to value.",
        |th, o, v, args| {
            arity(th, &args, 2)?;
            slot(o.slots().setitem)(th, v, args.values[0], args.values[1]).map(|()| Value::NONE)
        }
    ),
    def!(
        "__delitem__",
        DELITEM,
        setitem,
        tr_setitem,
        "($self, key, /)",
        "Delete self[key].",
        |th, o, v, args| {
            arity(th, &args, 1)?;
            slot(o.slots().setitem)(th, v, args.values[0], Value::ABSENT).map(|()| Value::NONE)
        }
    ),
    def!(
        "__contains__",
        CONTAINS,
        contains,
        tr_contains,
        "($self, key, /)",
        "Return bool(key in self).",
        |th, o, v, args| {
            arity(th, &args, 1)?;
            slot(o.slots().contains)(th, v, args.values[0]).map(Value::bool)
        }
    ),
    def!(
        "__bool__",
        BOOL,
        bool,
        tr_bool,
        "($self, /)",
        "True if self else False",
        |th, o, v, args| {
            arity(th, &args, 0)?;
            slot(o.slots().bool)(th, v).map(Value::bool)
        }
    ),
    def!(
        "__buffer__",
        BUFFER,
        buffer,
        tr_buffer,
        "($self, flags, /)",
        "Return a buffer object that exposes the underlying memory of the object.",
        |th, _o, v, args| {
            arity(th, &args, 1)?;
            let f = th
                .interp
                .builtins
                .get()
                .and_then(|b| b.get_name(th, "memoryview"));
            match f {
                Some(f) => call::call(th, f, &[v]),
                None => Err(th.type_error("memoryview is not available")),
            }
        }
    ),
];

/// Special methods that share a slot with the sequence protocol: what a native sequence shows as methods.
pub static SEQUENCE_DEFS: &[SlotDef] = &[
    binary!("__add__", ADD, concat, tr_add),
    binary!("__mul__", MUL, repeat, tr_mul),
    binary!("__rmul__", RMUL, repeat, tr_mul),
    binary!("__iadd__", IADD, iconcat, tr_iadd),
    binary!("__imul__", IMUL, irepeat, tr_imul),
];
