//! The heap under an address-space limit.

mod mock;

use mock::*;
use std::os::unix::process::CommandExt;
use std::process::Command;
use taipan_gc as gc;

/// Runs one test of this file in a process of its own, with an environment variable that tells it
/// so and at most `limit` bytes of address space.
fn in_child(test: &str, limit: libc::rlim_t) {
    let mut command = Command::new(std::env::current_exe().expect("path of the test"));
    command
        .args(["--exact", test, "--nocapture"])
        .env("TAIPAN_TEST_CHILD", "1");
    // SAFETY: one system call, allowed between fork and exec.
    unsafe {
        command.pre_exec(move || {
            let limit = libc::rlimit {
                rlim_cur: limit,
                rlim_max: limit,
            };
            match libc::setrlimit(libc::RLIMIT_AS, &raw const limit) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        });
    }
    let output = command.output().expect("start the test again");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn is_child() -> bool {
    std::env::var_os("TAIPAN_TEST_CHILD").is_some()
}

#[test]
fn the_arena_fits_the_limit_and_fills_gracefully() {
    if !is_child() {
        return in_child("the_arena_fits_the_limit_and_fills_gracefully", 1 << 30);
    }
    let m = start();
    apart(|| fill(&m));
    // What was let go can be used again.
    apart(|| gc::collect(&m, true));
    apart(|| (0..100_000).for_each(|i| waste(&m, i)));
}

/// Allocates until nothing more is to be had.
#[inline(never)]
fn fill(m: &gc::Mutator) {
    let mut list = NULL;
    let mut count = 0;
    let error = loop {
        match m.alloc(ARRAY, 1 << 20) {
            Ok(cell) => {
                // SAFETY: a new array.
                unsafe { (*cell.cast::<Array>()).length = 1 };
                set(cell, 0, list);
                list = cell;
                count += 1;
            }
            Err(error) => break error,
        }
        assert!(count < 2000, "the limit is 1000");
    };
    assert_eq!(error, gc::OutOfMemory);
    assert!(count > 100, "only {count} MiB");
    // Small cells may still be had; then they end, too, without a crash.
    let mut chain = NULL;
    while let Ok(cell) = m.alloc(NODE, size_of::<Node>()) {
        // SAFETY: a new node.
        unsafe { (*cell.cast::<Node>()).left = chain };
        chain = cell;
    }
    let mut length = 0;
    let mut at = list;
    while !at.is_null() {
        length += 1;
        at = get(at, 0);
    }
    assert_eq!(length, count);
    std::hint::black_box(chain);
}

#[test]
fn stress_mode_comes_from_the_environment() {
    if is_child() {
        let m = start();
        if gc::stress() == 2 {
            apart(|| (0..100).for_each(|i| waste(&m, i)));
            assert!(gc::counters().full >= 20);
        }
        return;
    }
    let status = Command::new(std::env::current_exe().expect("path of the test"))
        .args(["--exact", "stress_mode_comes_from_the_environment"])
        .env("TAIPAN_TEST_CHILD", "1")
        .env("TAIPAN_GC_STRESS", "2")
        .status()
        .expect("start the test again");
    assert!(status.success());
}
