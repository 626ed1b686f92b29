//! What the engine asks of the operating system.
//!
//! Thin, typed functions over the C library: a call that fails gives the [`std::io::Error`] that
//! carries `errno`; nothing here knows of Python. A call that a signal interrupts returns
//! `EINTR`: trying again (after signal handlers have run) is the caller's business, as is telling
//! the collector that a thread is about to block.
//!
//! Conventions:
//! - paths are `&CStr`, results of unknown encoding are `Vec<u8>`;
//! - descriptors are plain [`Fd`] numbers, because that is what programs handle; the few owned
//!   resources ([`dir::Dir`], [`mman::Mapping`], [`semaphore::Semaphore`]) close on drop;
//! - functions of the `*at` family take a directory descriptor, [`CWD`] for the usual one;
//! - everything made here is closed on exec unless it says otherwise;
//! - `constants` holds tables of `(name, value)` that modules loop over.
//!
//! Linux is served completely; there is no other port yet.

pub mod calendar;
pub mod clock;
pub mod constants;
pub mod crash;
pub mod dir;
pub mod environ;
pub mod epoll;
pub mod errno;
pub mod event_fd;
pub mod exec;
pub mod fd;
pub mod fd_control;
pub mod foreign;
pub mod fork;
pub mod fork_exec;
pub mod fs;
pub mod identity;
pub mod limits;
pub mod locale;
pub mod memory;
pub mod mman;
pub mod poll;
pub mod scheduling;
pub mod semaphore;
pub mod session;
pub mod shm;
pub mod signal;
pub mod signal_wait;
pub mod socket;
pub mod stat;
pub mod sysinfo;
pub mod syslog;
pub mod termios;
pub mod thread;
pub mod timer;
pub mod transfer;
pub mod tty;
pub mod users;
pub mod wait;
pub mod xattr;

mod c_state;
mod check;

/// A file descriptor.
pub type Fd = libc::c_int;

/// A process id.
pub type Pid = libc::pid_t;

/// The directory descriptor that means the current directory.
pub const CWD: Fd = libc::AT_FDCWD;
