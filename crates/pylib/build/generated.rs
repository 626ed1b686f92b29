//! Modules that are made for the target at build time.

use crate::{Files, env};
use std::fmt::Write;

/// All generated modules.
pub fn modules() -> Files {
    let mut files = Files::new();
    let (arch, os) = (env("CARGO_CFG_TARGET_ARCH"), env("CARGO_CFG_TARGET_OS"));
    let libc = std::env::var("CARGO_CFG_TARGET_ENV").unwrap_or_default();
    let multiarch = if os == "linux" {
        format!("{arch}-linux-{libc}")
    } else {
        String::new()
    };
    let platform = if os == "macos" { "darwin" } else { &os };
    let name = format!("_sysconfigdata__{platform}_{multiarch}.py");
    files.insert(
        name,
        sysconfig_data(&arch, platform, &multiarch).into_bytes(),
    );
    files
}

/// `sysconfig.get_config_vars()`: what a program may ask about how its Python was built.
fn sysconfig_data(arch: &str, platform: &str, multiarch: &str) -> String {
    let bits: u32 = env("CARGO_CFG_TARGET_POINTER_WIDTH").parse().unwrap_or(64);
    let soabi = format!("taipan-314-{multiarch}");
    let texts = [
        ("ABIFLAGS", ""),
        ("AR", "ar"),
        ("BUILD_GNU_TYPE", &format!("{arch}-pc-{platform}-gnu")),
        ("CC", "cc"),
        ("CFLAGS", ""),
        ("CONFIG_ARGS", ""),
        ("CXX", "c++"),
        ("EXT_SUFFIX", &format!(".{soabi}.so")),
        ("HOST_GNU_TYPE", &format!("{arch}-pc-{platform}-gnu")),
        ("LDFLAGS", ""),
        ("LDSHARED", "cc -shared"),
        ("LDVERSION", "3.14"),
        ("LIBDIR", "/usr/local/lib"),
        ("LIBRARY", ""),
        ("LDLIBRARY", ""),
        ("INSTSONAME", ""),
        ("MACHDEP", platform),
        ("MULTIARCH", multiarch),
        ("PLATLIBDIR", "lib"),
        ("PYTHONFRAMEWORK", ""),
        ("PY_BUILTIN_HASHLIB_HASHES", "md5,sha1,sha2,sha3,blake2"),
        ("PY_CFLAGS", ""),
        ("SHLIB_SUFFIX", ".so"),
        ("SOABI", &soabi),
        (
            "TZPATH",
            "/usr/share/zoneinfo:/usr/lib/zoneinfo:/usr/share/lib/zoneinfo:/etc/zoneinfo",
        ),
        ("VERSION", "3.14"),
        ("WHEEL_PKG_DIR", ""),
        ("abs_builddir", ""),
        ("exec_prefix", "/usr/local"),
        ("prefix", "/usr/local"),
        ("srcdir", "."),
    ];
    let numbers = [
        ("HAVE_FORK", 1),
        ("HAVE_GETENTROPY", 1),
        ("HAVE_GETRANDOM", 1),
        ("HAVE_GETRANDOM_SYSCALL", 1),
        ("HAVE_PERF_TRAMPOLINE", 0),
        ("HAVE_VFORK", 1),
        ("PY_COERCE_C_LOCALE", 1),
        ("PY_HAVE_PERF_TRAMPOLINE", 0),
        ("Py_DEBUG", 0),
        ("Py_ENABLE_SHARED", 0),
        ("Py_GIL_DISABLED", 1),
        ("Py_HASH_ALGORITHM", 0),
        ("Py_TRACE_REFS", 0),
        ("SIZEOF_INT", 4),
        ("SIZEOF_LONG", bits / 8),
        ("SIZEOF_SIZE_T", bits / 8),
        ("SIZEOF_VOID_P", bits / 8),
        ("TEST_MODULES", 0),
        ("WITH_DOC_STRINGS", 1),
        ("WITH_DTRACE", 0),
        ("WITH_MIMALLOC", 0),
        ("WITH_PYMALLOC", 0),
        ("WITH_VALGRIND", 0),
    ];
    let mut out =
        String::from("# How this executable was built; generated with it.\nbuild_time_vars = {\n");
    for (name, value) in texts {
        let _ = writeln!(out, "    '{name}': '{value}',");
    }
    for (name, value) in numbers {
        let _ = writeln!(out, "    '{name}': {value},");
    }
    out.push_str("}\n");
    out
}
