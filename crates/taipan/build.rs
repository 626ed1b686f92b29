//! How the executable is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // At a fixed address none of the many pointers in the tables of native types and methods has to be relocated when
    // the program starts.
    let os = std::env::var("CARGO_CFG_TARGET_OS");
    if os.is_ok_and(|os| os == "linux") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
