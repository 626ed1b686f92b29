//! Runs the Python programs and shell sessions of `tests/python/` on an interpreter.
//!
//! The same code serves `cargo test` (through `crates/taipan/tests/python.rs`) and `cargo xtask test`, and
//! any interpreter can be put in the place of Taipan: a test that fails on CPython is a wrong test.
//!
//! * [`process`] runs one command under a time limit and leaves nothing of it behind;
//! * [`program`] is a test that is a Python file, with what it needs written in its first comment;
//! * [`session`] is a test that is a transcript of a shell;
//! * [`leaks`] looks for what a test left: processes, semaphores, shared memory, temporary files;
//! * [`suite`] finds the tests and makes trials of them, one for each mode.

pub mod leaks;
pub mod process;
pub mod program;
pub mod session;
pub mod suite;
