//! The executable.

/// For what lies outside the collected heap: big integers' digits, buffers of streams, the compiler's trees.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let argv = std::env::args_os().collect();
    let code = taipan_engine::main(argv);
    // Daemon threads may still be parked: nothing waits for them.
    std::process::exit(code);
}
