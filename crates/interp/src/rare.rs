//! The operations that are run seldom or are slow in themselves: they leave the loop's code small.

use crate::{build, function, generators, globals, import, intrinsic, pattern, raise, trace};
use taipan_bytecode::{Instr, Op};
use taipan_object::attr;
use taipan_object::code::Code;
use taipan_object::frame::{FramePtr, Pc, Regs};
use taipan_object::func::{Cell, Function};
use taipan_object::types::{self, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The pattern of all bytes that [`run`] is for, and of those that are no operation: each by itself, since with a range
/// or a default the loop's jump would need a check.
macro_rules! rare_bytes {
    () => {
        byte::LOAD_COMMON
            | byte::DELETE_GLOBAL
            | byte::DELETE_NAME
            | byte::DELETE_DEREF
            | byte::LOAD_FROM_DICT_OR_DEREF
            | byte::LOAD_FROM_DICT_OR_GLOBALS
            | byte::LOAD_LOCALS
            | byte::MAKE_CELL
            | byte::MAKE_CELL_FROM
            | byte::COPY_FREE_VARS
            | byte::DELETE_ATTR
            | byte::LOAD_SUPER_ATTR
            | byte::LOAD_SUPER_METHOD
            | byte::LOAD_SPECIAL
            | byte::DELETE_SUBSCR
            | byte::BINARY_SLICE
            | byte::STORE_SLICE
            | byte::UNPACK_EX
            | byte::BUILD_SET
            | byte::BUILD_MAP
            | byte::BUILD_STRING
            | byte::BUILD_SLICE
            | byte::SET_ADD
            | byte::MAP_ADD
            | byte::LIST_EXTEND
            | byte::SET_UPDATE
            | byte::DICT_UPDATE
            | byte::DICT_MERGE
            | byte::LIST_TO_TUPLE
            | byte::FORMAT_SIMPLE
            | byte::FORMAT_WITH_SPEC
            | byte::BUILD_TEMPLATE
            | byte::BUILD_INTERPOLATION
            | byte::GET_YIELD_FROM_ITER
            | byte::GET_AWAITABLE
            | byte::GET_AITER
            | byte::GET_ANEXT
            | byte::PUSH_EXC
            | byte::POP_EXC
            | byte::JUMP_IF_NOT_EXC_MATCH
            | byte::CHECK_EG_MATCH
            | byte::WITH_EXCEPT_START
            | byte::JUMP_IF_NOT_SEQUENCE
            | byte::JUMP_IF_NOT_MAPPING
            | byte::GET_LEN
            | byte::MATCH_KEYS
            | byte::MATCH_CLASS
            | byte::IMPORT_NAME
            | byte::IMPORT_FROM
            | byte::IMPORT_STAR
            | byte::LOAD_BUILD_CLASS
            | byte::MAKE_FUNCTION
            | byte::SETUP_ANNOTATIONS
            | byte::INTRINSIC_1
            | byte::INTRINSIC_2
            | 165
            | 166
            | 167
            | 168
            | 169
            | 170
            | 171
            | 172
            | 173
            | 174
            | 175
            | 176
            | 177
            | 178
            | 179
            | 180
            | 181
            | 182
            | 183
            | 184
            | 185
            | 186
            | 187
            | 188
            | 189
            | 190
            | 191
            | 192
            | 193
            | 194
            | 195
            | 196
            | 197
            | 198
            | 199
            | 200
            | 201
            | 202
            | 203
            | 204
            | 205
            | 206
            | 207
            | 208
            | 209
            | 210
            | 211
            | 212
            | 213
            | 214
            | 215
            | 216
            | 217
            | 218
            | 219
            | 220
            | 221
            | 222
            | 223
            | 224
            | 225
            | 226
            | 227
            | 228
            | 229
            | 230
            | 231
            | 232
            | 233
            | 234
            | 235
            | 236
            | 237
            | 238
            | 239
            | 240
            | 241
            | 242
            | 243
            | 244
            | 245
            | 246
            | 247
            | 248
            | 249
            | 250
            | 251
            | 252
            | 253
            | 254
            | 255
    };
}
pub(crate) use rare_bytes;

/// `super().name`; tracing is told of the call of `super`.
fn load_super(
    th: &Thread,
    frame: FramePtr,
    r: &[Value],
    name: Value,
    explicit: bool,
) -> PyResult<(Value, Value)> {
    if !th.traced.get() {
        return function::load_super(th, r, name, explicit);
    }
    let args = if explicit { &r[1..3] } else { &[] };
    trace::calling(th, frame, r[0], args)?;
    let first = args.first().copied();
    match function::load_super(th, r, name, explicit) {
        Ok(found) => {
            trace::called(th, frame, r[0], first, Ok(Value::NONE))?;
            Ok(found)
        }
        Err(e) => Err(trace::called(th, frame, r[0], first, Err(e))
            .err()
            .unwrap_or(e)),
    }
}

/// Runs one instruction; `pc` is at the next word. How many words to step from there.
///
/// # Errors
/// What the operation raises.
pub fn run(
    th: &Thread,
    frame: FramePtr,
    code: &Object<Code>,
    regs: Regs,
    pc: Pc,
    i: Instr,
) -> PyResult<isize> {
    match i.op() {
        Op::LOAD_COMMON => regs.set(i.a(), build::common(i.x())),
        Op::DELETE_GLOBAL => {
            globals::delete_global(th, frame, globals::name_of(code, i.imm32() as usize))?;
        }
        Op::DELETE_NAME => {
            globals::delete_name(th, frame, globals::name_of(code, i.imm32() as usize))?;
        }
        Op::DELETE_DEREF => {
            let c = regs.get(i.a()).expect::<Cell>();
            if c.value.swap(&c.header, Value::ABSENT).is_absent() {
                return Err(globals::unbound(th, code, i.a() as usize));
            }
        }
        Op::LOAD_FROM_DICT_OR_DEREF => {
            let name = globals::register_name(code, i.c() as usize);
            let v = match globals::lookup_mapping(th, regs.get(i.b()), name)? {
                Some(v) => v,
                None => {
                    let v = regs.get(i.c()).expect::<Cell>().value.get();
                    if v.is_absent() {
                        return Err(globals::unbound(th, code, i.c() as usize));
                    }
                    v
                }
            };
            regs.set(i.a(), v);
        }
        Op::LOAD_FROM_DICT_OR_GLOBALS => {
            let name = globals::name_of(code, i.c() as usize);
            let v = match globals::lookup_mapping(th, regs.get(i.b()), name)? {
                Some(v) => v,
                None => globals::load_global_uncached(th, frame, name)?,
            };
            regs.set(i.a(), v);
        }
        Op::LOAD_LOCALS => {
            let v = frame.names();
            regs.set(i.a(), v);
        }
        Op::MAKE_CELL => {
            let c = Cell::new(th, Value::ABSENT);
            regs.set(i.a(), c);
        }
        Op::MAKE_CELL_FROM => {
            let c = Cell::new(th, regs.get(i.b()));
            regs.set(i.b(), Value::ABSENT);
            regs.set(i.a(), c);
        }
        Op::COPY_FREE_VARS => {
            let cells = frame
                .func
                .expect::<Function>()
                .closure
                .get()
                .as_tuple()
                .unwrap_or(&[]);
            regs.from(i.c() as usize).copy_in(cells);
        }
        Op::DELETE_ATTR => {
            let name = globals::name_of(code, i.c() as usize);
            attr::set(th, regs.get(i.a()), name, Value::ABSENT)?;
        }
        Op::LOAD_SUPER_ATTR => {
            let name = globals::name_of(code, i.c() as usize);
            let (f, receiver) = load_super(th, frame, regs.slice(i.b(), 3), name, i.x() & 1 != 0)?;
            let v = if receiver.is_absent() {
                f
            } else {
                function::bind_method(th, f, receiver)?
            };
            regs.set(i.a(), v);
            return Ok(1);
        }
        Op::LOAD_SUPER_METHOD => {
            let name = globals::name_of(code, i.c() as usize);
            let (f, receiver) = load_super(th, frame, regs.slice(i.b(), 3), name, i.x() & 1 != 0)?;
            regs.set(i.a(), f);
            regs.set(i.a() + 1, receiver);
            return Ok(1);
        }
        Op::LOAD_SPECIAL => {
            let (f, receiver) = function::load_special(th, regs.get(i.b()), i.x())?;
            regs.set(i.a(), f);
            regs.set(i.a() + 1, receiver);
        }
        Op::DELETE_SUBSCR => ops::del_item(th, regs.get(i.a()), regs.get(i.b()))?,
        Op::BINARY_SLICE => {
            let s = taipan_object::func::Slice::new(
                th,
                regs.get(i.c()),
                regs.get(i.c() + 1),
                Value::NONE,
            );
            let v = ops::get_item(th, regs.get(i.b()), s)?;
            regs.set(i.a(), v);
        }
        Op::STORE_SLICE => {
            let s = taipan_object::func::Slice::new(
                th,
                regs.get(i.b()),
                regs.get(i.b() + 1),
                Value::NONE,
            );
            ops::set_item(th, regs.get(i.a()), s, regs.get(i.c()))?;
        }
        Op::UNPACK_EX => {
            let items = build::unpack_ex(th, regs.get(i.b()), i.x() as usize, i.c() as usize)?;
            regs.from(i.a() as usize).copy_in(&items);
        }
        Op::BUILD_SET => {
            let v = build::set(th, regs.slice(i.b(), i.c() as usize))?;
            regs.set(i.a(), v);
        }
        Op::BUILD_MAP => {
            let v = build::map(th, regs.slice(i.b(), 2 * i.c() as usize))?;
            regs.set(i.a(), v);
        }
        Op::BUILD_STRING => {
            let v = build::string(th, regs.slice(i.b(), i.c() as usize))?;
            regs.set(i.a(), v);
        }
        Op::BUILD_SLICE => {
            let step = if i.c() == 3 {
                regs.get(i.b() + 2)
            } else {
                Value::NONE
            };
            let v = taipan_object::func::Slice::new(th, regs.get(i.b()), regs.get(i.b() + 1), step);
            regs.set(i.a(), v);
        }
        Op::SET_ADD => {
            // `__conditional_annotations__` is a name that programs can bind to anything.
            let set = regs.get(i.a());
            match set.downcast::<taipan_object::dict::Set>() {
                Some(s) if !types::is_instance(set, &types::FROZENSET) => {
                    s.add(th, regs.get(i.b()))?;
                }
                _ => {
                    let name = types::class_of(set).tp_name();
                    return Err(th.type_error(format!("expected a set, got '{name}'")));
                }
            }
        }
        Op::MAP_ADD => {
            let d = regs.get(i.a()).expect::<taipan_object::dict::Dict>();
            d.set(th, regs.get(i.b()), regs.get(i.c()))?;
        }
        Op::LIST_EXTEND => build::list_extend(th, regs.get(i.a()), regs.get(i.b()))?,
        Op::SET_UPDATE => build::set_update(th, regs.get(i.a()), regs.get(i.b()))?,
        Op::DICT_UPDATE => build::dict_update(th, regs.get(i.a()), regs.get(i.b()))?,
        Op::DICT_MERGE => {
            build::dict_merge(th, regs.get(i.a()), regs.get(i.b()), regs.get(i.c()))?;
        }
        Op::LIST_TO_TUPLE => {
            let items = ops::to_vec(th, regs.get(i.b()))?;
            let v = Value::try_tuple(th, &items)?;
            regs.set(i.a(), v);
        }
        Op::FORMAT_SIMPLE => {
            let v = build::format(th, regs.get(i.b()), Value::ABSENT, i.x())?;
            regs.set(i.a(), v);
        }
        Op::FORMAT_WITH_SPEC => {
            let v = build::format(th, regs.get(i.b()), regs.get(i.c()), i.x())?;
            regs.set(i.a(), v);
        }
        Op::BUILD_TEMPLATE => {
            let v = intrinsic::template(th, regs.get(i.b()), regs.get(i.c()))?;
            regs.set(i.a(), v);
        }
        Op::BUILD_INTERPOLATION => {
            let spec = if i.x() != 0 {
                regs.get(i.b() + 2)
            } else {
                taipan_object::strings::empty_str()
            };
            let v = intrinsic::interpolation(
                th,
                regs.get(i.b()),
                regs.get(i.b() + 1),
                i.c() as u8,
                spec,
            )?;
            regs.set(i.a(), v);
        }
        Op::GET_YIELD_FROM_ITER => {
            let v = generators::yield_from_iter(th, frame, regs.get(i.b()))?;
            regs.set(i.a(), v);
        }
        Op::GET_AWAITABLE => {
            let v = generators::awaitable(th, regs.get(i.b()), i.x())?;
            regs.set(i.a(), v);
        }
        Op::GET_AITER => {
            let v = generators::aiter(th, regs.get(i.b()))?;
            regs.set(i.a(), v);
        }
        Op::GET_ANEXT => {
            let v = generators::anext(th, regs.get(i.b()))?;
            regs.set(i.a(), v);
        }
        Op::PUSH_EXC => {
            let old = raise::push_handled(th, regs.get(i.b()));
            regs.set(i.a(), old);
        }
        Op::POP_EXC => {
            raise::pop_handled(th, regs.get(i.a()));
            regs.set(i.a(), Value::ABSENT);
            regs.set(i.b(), Value::ABSENT);
        }
        Op::JUMP_IF_NOT_EXC_MATCH => {
            if !raise::matches(th, regs.get(i.a()), regs.get(i.b()))? {
                return Ok(i.off24() as isize);
            }
        }
        Op::CHECK_EG_MATCH => {
            let (m, rest) = raise::group_match(th, regs.get(i.b()), regs.get(i.c()))?;
            if !m.is_none() {
                raise::push_handled(th, m);
            }
            regs.set(i.a(), m);
            regs.set(i.a() + 1, rest);
        }
        Op::WITH_EXCEPT_START => {
            let v = raise::call_exit(th, regs.get(i.b()), regs.get(i.b() + 1), regs.get(i.c()))?;
            regs.set(i.a(), v);
        }
        Op::JUMP_IF_NOT_SEQUENCE => {
            if !class_of(regs.get(i.a())).has_flag(types::flags::SEQUENCE) {
                return Ok(i.off24() as isize);
            }
        }
        Op::JUMP_IF_NOT_MAPPING => {
            if !class_of(regs.get(i.a())).has_flag(types::flags::MAPPING) {
                return Ok(i.off24() as isize);
            }
        }
        Op::GET_LEN => {
            let n = ops::len(th, regs.get(i.b()))?;
            regs.set(i.a(), Value::usize(th, n));
        }
        Op::MATCH_KEYS => {
            let v = pattern::match_keys(th, regs.get(i.b()), regs.get(i.c()))?;
            regs.set(i.a(), v);
        }
        Op::MATCH_CLASS => {
            let s = regs.slice(i.b(), 3);
            let v = pattern::match_class(th, s[0], s[1], s[2], i.c() as usize)?;
            regs.set(i.a(), v);
        }
        Op::IMPORT_NAME => {
            let name = globals::name_of(code, i.c() as usize);
            let v = import::import_name(th, frame, name, regs.get(i.b()), regs.get(i.b() + 1))?;
            regs.set(i.a(), v);
        }
        Op::IMPORT_FROM => {
            let name = globals::name_of(code, i.c() as usize);
            let v = import::import_from(th, regs.get(i.b()), name)?;
            regs.set(i.a(), v);
        }
        Op::IMPORT_STAR => import::import_star(th, frame, regs.get(i.a()))?,
        Op::LOAD_BUILD_CLASS => {
            let name = taipan_object::names::BUILD_CLASS.get();
            let v = match globals::lookup_dict(th, frame.builtins(), name)? {
                Some(v) => v,
                None => {
                    return Err(th.raise(
                        &taipan_object::exception::NAME_ERROR,
                        "__build_class__ not found",
                    ));
                }
            };
            regs.set(i.a(), v);
        }
        Op::MAKE_FUNCTION => {
            let c = code.consts.expect().fields()[pc.peek(0) as usize].get();
            let v = function::make_function(th, frame, c, i.x(), regs.from(i.b() as usize))?;
            regs.set(i.a(), v);
            return Ok(1);
        }
        Op::SETUP_ANNOTATIONS => function::setup_annotations(th, frame)?,
        Op::INTRINSIC_1 => {
            let v = intrinsic::one(th, i.x(), regs.get(i.b()))?;
            regs.set(i.a(), v);
        }
        Op::INTRINSIC_2 => {
            let v = intrinsic::two(th, i.x(), regs.get(i.b()), regs.get(i.c()))?;
            regs.set(i.a(), v);
        }
        op => unreachable!("the loop runs {op:?} itself"),
    }
    Ok(0)
}
