//! Constants of the module `time`.

use super::constants;

/// Names and values.
pub static CONSTANTS: &[(&str, i64)] = &constants![
    CLOCK_BOOTTIME,
    CLOCK_MONOTONIC,
    CLOCK_MONOTONIC_RAW,
    CLOCK_PROCESS_CPUTIME_ID,
    CLOCK_REALTIME,
    CLOCK_TAI,
    CLOCK_THREAD_CPUTIME_ID,
    _STRUCT_TM_ITEMS = 11,
];
