//! `time`.

mod calendar;
mod clocks;

use crate::args::{add_constants, module_dict, state};
use taipan_containers::structseq;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value};

/// Where the interpreter keeps `struct_time`.
const STRUCT_TIME_KEY: &str = "time.struct_time";

const DOC: &str = "This module provides various functions to manipulate time values.\n\nA moment is a number of seconds since the Epoch (the beginning of 1970, in UTC), or a tuple of nine\nintegers: year, month, day, hours, minutes, seconds, weekday (Monday is 0), day of the year and whether\nit is summer time (1), not (0) or unknown (-1).";

/// `time`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "time",
    doc: DOC,
    functions: &[
        Method::new("time", "()", clocks::time).doc("time() -> floating-point number\n\nReturn the current time in seconds since the Epoch."),
        Method::new("time_ns", "()", clocks::time_ns).doc("time_ns() -> int\n\nReturn the current time in nanoseconds since the Epoch."),
        Method::new("monotonic", "()", clocks::monotonic).doc("monotonic() -> float\n\nMonotonic clock, cannot go backward."),
        Method::new("monotonic_ns", "()", clocks::monotonic_ns).doc("monotonic_ns() -> int\n\nMonotonic clock, cannot go backward, as nanoseconds."),
        Method::new("perf_counter", "()", clocks::monotonic).doc("perf_counter() -> float\n\nPerformance counter for benchmarking."),
        Method::new("perf_counter_ns", "()", clocks::monotonic_ns).doc("perf_counter_ns() -> int\n\nPerformance counter for benchmarking as nanoseconds."),
        Method::new("process_time", "()", clocks::process_time).doc("process_time() -> float\n\nProcess time for profiling: sum of the kernel and user-space CPU time."),
        Method::new("process_time_ns", "()", clocks::process_time_ns).doc("process_time_ns() -> int\n\nProcess time for profiling as nanoseconds."),
        Method::new("thread_time", "()", clocks::thread_time).doc("thread_time() -> float\n\nThread time for profiling: sum of the kernel and user-space CPU time."),
        Method::new("thread_time_ns", "()", clocks::thread_time_ns).doc("thread_time_ns() -> int\n\nThread time for profiling as nanoseconds."),
        Method::new("clock_gettime", "(clk_id, /)", clocks::gettime).doc("Return the time of the specified clock clk_id as a float."),
        Method::new("clock_gettime_ns", "(clk_id, /)", clocks::gettime_ns).doc("Return the time of the specified clock clk_id as nanoseconds (int)."),
        Method::raw("clock_settime", "", clocks::settime).doc("clock_settime(clk_id, time)\n\nSet the time of the specified clock clk_id."),
        Method::raw("clock_settime_ns", "", clocks::settime_ns).doc("clock_settime_ns(clk_id, time)\n\nSet the time of the specified clock clk_id with nanoseconds."),
        Method::raw("clock_getres", "", clocks::getres).doc("clock_getres(clk_id) -> floating-point number\n\nReturn the resolution (precision) of the specified clock clk_id."),
        Method::raw("pthread_getcpuclockid", "", clocks::thread_clock).doc("pthread_getcpuclockid(thread_id) -> int\n\nReturn the clk_id of a thread's CPU time clock."),
        Method::raw("get_clock_info", "", clocks::info).doc("get_clock_info(name: str) -> dict\n\nGet information of the specified clock."),
        Method::new("sleep", "(object, /)", clocks::sleep).doc("sleep(seconds)\n\nDelay execution for a given number of seconds, which may have a fraction."),
        Method::raw("gmtime", "", calendar::gmtime).doc("gmtime([seconds]) -> struct_time\n\nConvert seconds since the Epoch (the current time by default) to a time tuple expressing UTC."),
        Method::raw("localtime", "", calendar::localtime).doc("localtime([seconds]) -> struct_time\n\nConvert seconds since the Epoch (the current time by default) to a time tuple expressing local time."),
        Method::raw("asctime", "", calendar::asctime).doc("asctime([time_tuple]) -> string\n\nConvert a time tuple (the current local time by default) to a string, e.g. 'Sat Jun 06 16:26:11 1998'."),
        Method::raw("ctime", "", calendar::ctime).doc("ctime([seconds]) -> string\n\nConvert a time in seconds since the Epoch (the current time by default) to a string in local time."),
        Method::new("mktime", "(object, /)", calendar::mktime).doc("mktime(time_tuple) -> floating-point number\n\nConvert a time tuple in local time to seconds since the Epoch."),
        Method::raw("strftime", "", calendar::strftime).doc("strftime(format[, time_tuple]) -> string\n\nConvert a time tuple (the current local time by default) to a string according to a format specification.\nCommon codes are %Y (year), %m (month), %d (day), %H and %I (hour of 24 and 12), %M (minute), %S (second),\n%p (AM or PM), %z (offset from UTC), %a and %A (weekday), %b and %B (month), %c (date and time)."),
        Method::raw("strptime", "", calendar::strptime).doc("strptime(string[, format]) -> struct_time\n\nParse a string to a time tuple according to a format specification, whose codes are those of strftime()."),
        Method::new("tzset", "()", tzset).doc("tzset()\n\nTake the local time zone from the environment variable TZ again: the system's own if it is not set,\nUTC if it is unknown."),
    ],
    types: &[],
    init,
};

const FIELDS: &[(&str, &str)] = &[
    ("tm_year", "year, for example, 1993"),
    ("tm_mon", "month of year, range [1, 12]"),
    ("tm_mday", "day of month, range [1, 31]"),
    ("tm_hour", "hours, range [0, 23]"),
    ("tm_min", "minutes, range [0, 59]"),
    ("tm_sec", "seconds, range [0, 61])"),
    ("tm_wday", "day of week, range [0, 6], Monday is 0"),
    ("tm_yday", "day of year, range [1, 366]"),
    (
        "tm_isdst",
        "1 if summer time is in effect, 0 if not, and -1 if unknown",
    ),
    ("tm_zone", "abbreviation of timezone name"),
    ("tm_gmtoff", "offset from UTC in seconds"),
];

const STRUCT_DOC: &str = "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Unlike in C's struct tm, the year is the actual one, the months and the days\n of the year count from 1, and the week begins on Monday.";

fn init(th: &Thread, module: Value) -> PyResult<()> {
    add_constants(th, module, taipan_host::clock::CONSTANTS)?;
    let kept = state(th);
    let t = match kept.get_name(th, STRUCT_TIME_KEY) {
        Some(t) => t,
        None => {
            let t = structseq::define(th, "time", "struct_time", FIELDS, 9, STRUCT_DOC)?;
            kept.set_name(th, STRUCT_TIME_KEY, t)?;
            t
        }
    };
    module_dict(module).set_name(th, "struct_time", t)?;
    set_zone(th, module)
}

/// Puts the local time zone's names and offsets into the module.
fn set_zone(th: &Thread, module: Value) -> PyResult<()> {
    let zone = crate::args::sys(th, taipan_host::calendar::zone())?;
    let d = module_dict(module);
    d.set_name(th, "timezone", Value::int(th, zone.standard_west))?;
    d.set_name(th, "altzone", Value::int(th, zone.summer_west))?;
    let daylight = Value::small_int(i64::from(zone.has_summer_time));
    d.set_name(th, "daylight", daylight)?;
    let standard = crate::args::fs_decode(th, &zone.standard_name);
    let summer = crate::args::fs_decode(th, &zone.summer_name);
    d.set_name(th, "tzname", Value::tuple(th, &[standard, summer]))
}

fn tzset(th: &Thread, _: &[Value]) -> PyResult {
    let module = crate::args::import(th, "time")?;
    if module.downcast::<taipan_object::func::Module>().is_some() {
        set_zone(th, module)?;
    } else {
        taipan_host::calendar::set_zone_from_environment();
    }
    Ok(Value::NONE)
}
