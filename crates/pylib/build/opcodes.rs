//! `_opcode_metadata.py`, which `dis`, `opcode` and `inspect` build their tables from.

/// The module's text, made from the instruction table of the crate `taipan-bytecode`.
///
/// `None` leaves the published module (numbers of CPython 3.14) in place. It must define
/// `_specializations`, `_specialized_opmap`, `opmap`, `HAVE_ARGUMENT` and
/// `MIN_INSTRUMENTED_OPCODE`; `opcode.py` looks up `EXTENDED_ARG` and `COMPARE_OP` in `opmap`.
pub fn metadata() -> Option<String> {
    None
}
