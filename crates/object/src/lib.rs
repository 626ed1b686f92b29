//! The object model: values, cells, types and their slots, shapes, attributes, calls, exceptions, threads.
//!
//! Everything above it compares, calls and iterates through this crate and never names the interpreter.
//!
//! | module | what it does |
//! |---|---|
//! | `value` | the tagged word |
//! | `heap` | kinds, payloads, traced fields, arrays, the rooted vector |
//! | `types`, `class`, `slots`, `slotdefs` | type objects, making them, their native functions, special methods |
//! | `attr` | shapes, attributes of instances, generic access, the type lookup cache |
//! | `native` | how native code declares types, methods and modules |
//! | `call` | the call protocol and argument binding |
//! | `ops` | operators, comparison, hash, truth, items, iteration, text |
//! | `strings`, `numbers`, `seq`, `map`, `dict`, `bytearray`, `func`, `code`, `frame`, `exception`, `weak`, `iter` | cells of the core types |
//! | `audit` | audit events |
//! | `process` | cells of the whole process, of no interpreter |
//! | `code_data` | code objects back to the compiler's data |
//! | `thread` | thread and interpreter state, hooks of the upper layers |
//! | `error` | raising |

pub mod apart;
pub mod attr;
pub mod audit;
pub mod buffer;
pub mod bytearray;
pub mod call;
pub mod class;
pub mod code;
pub mod code_data;
pub mod dict;
pub mod error;
pub mod exception;
pub mod finalize;
pub mod frame;
pub mod func;
pub mod heap;
pub mod iter;
pub mod map;
pub mod monitor;
pub mod names;
pub mod native;
pub mod numbers;
pub mod ops;
pub mod process;
mod retired;
pub mod scratch;
pub mod seq;
pub mod slotdefs;
pub mod slots;
pub mod strings;
pub mod thread;
pub mod types;
pub mod value;
pub mod view;
pub mod wake;
pub mod weak;

pub use error::{PyResult, Raised};
pub use heap::{Field, FieldOf, Guarded, Object, Payload, ValueVec};
pub use rustpython_wtf8 as wtf8;
pub use taipan_gc as gc;
pub use thread::{Interpreter, Thread};
pub use value::Value;

/// Makes the core types, the shared strings and the names. Once per process, on the first attached thread.
///
/// # Errors
/// `MemoryError`.
pub fn bootstrap(th: &Thread) -> PyResult<()> {
    gc::add_root_tracer(strings::trace_interned);
    gc::add_root_tracer(class::trace_statics);
    gc::add_root_tracer(thread::trace_interpreters);
    gc::add_root_tracer(process::trace);
    gc::add_before_collect(attr::clear_type_cache);
    gc::add_after_mark(weak::after_mark);
    heap::register::<heap::Array>();
    heap::register::<map::Table>();
    for t in types::CORE {
        t.ensure(th)?;
    }
    strings::init(th)?;
    names::init(th);
    seq::init(th)?;
    class::finish_core(th)?;
    exception::init(th)?;
    iter::SEQ_ITER.ensure(th)?;
    iter::CALLABLE_ITER.ensure(th)?;
    Ok(())
}
