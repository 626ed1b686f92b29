//! The executable.

fn main() {
    let argv = std::env::args_os().collect();
    let code = taipan_engine::main(argv);
    // Daemon threads may still be parked: nothing waits for them.
    std::process::exit(code);
}
