//! The executable.

// What lies outside the collected heap (tables of streams, the compiler's trees) is the C library's allocator's: it is
// the one that finds its locks free in the child of a fork, whatever other threads were about.

fn main() {
    let argv = std::env::args_os().collect();
    let code = taipan_engine::main(argv);
    // Daemon threads may still be parked: nothing waits for them.
    std::process::exit(code);
}
