//! Time tuples: taking moments apart, putting them together, formatting.

use super::STRUCT_TIME_KEY;
use crate::args::{self, fs_decode, given, positional, state, sys, text};
use std::ffi::CString;
use taipan_containers::structseq;
use taipan_host::calendar::{self, Broken};
use taipan_object::call::{self, Args};
use taipan_object::types::class_of;
use taipan_object::wtf8::{CodePoint, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value};

/// The first number of seconds that is too large: two to the 63rd.
const TIME_END: f64 = 9.223_372_036_854_776e18;

/// A number of seconds since the epoch, the current time if there is none.
fn moment(th: &Thread, v: Value) -> PyResult<i64> {
    let Some(v) = given(v) else {
        return Ok(taipan_host::clock::realtime().div_euclid(1_000_000_000));
    };
    let out = || th.overflow_error("timestamp out of range for platform time_t");
    if let Some(x) = v.as_float() {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let x = x.floor();
        if !(-TIME_END..TIME_END).contains(&x) {
            return Err(out());
        }
        return Ok(x as i64);
    }
    taipan_object::ops::index(th, v)?.as_i64().ok_or_else(out)
}

fn to_struct(th: &Thread, b: &Broken) -> PyResult {
    let t = state(th)
        .get_name(th, STRUCT_TIME_KEY)
        .ok_or_else(|| th.runtime_error("lost time.struct_time"))?;
    let n = |n: i32| Value::small_int(n.into());
    let values = [
        Value::small_int(i64::from(b.year) + 1900),
        n(b.mon + 1),
        n(b.mday),
        n(b.hour),
        n(b.min),
        n(b.sec),
        n((b.wday + 6) % 7),
        n(b.yday + 1),
        n(b.isdst),
        fs_decode(th, &b.zone),
        Value::int(th, b.gmtoff),
    ];
    structseq::make(th, t, &values)
}

pub(super) fn gmtime(th: &Thread, args: Args) -> PyResult {
    let [seconds] = positional(th, args, "gmtime", 0)?;
    let t = sys(th, calendar::gmtime(moment(th, seconds)?))?;
    to_struct(th, &t)
}

pub(super) fn localtime(th: &Thread, args: Args) -> PyResult {
    let [seconds] = positional(th, args, "localtime", 0)?;
    let t = sys(th, calendar::localtime(moment(th, seconds)?))?;
    to_struct(th, &t)
}

fn now(th: &Thread) -> PyResult<Broken> {
    sys(th, calendar::localtime(moment(th, Value::ABSENT)?))
}

/// A C `int` in a tuple, whose message is another than that of an argument.
fn c_int(th: &Thread, v: Value) -> PyResult<i32> {
    let n = args::long(th, v)?;
    i32::try_from(n).map_err(|_| {
        let what = if n > 0 {
            "greater than maximum"
        } else {
            "less than minimum"
        };
        th.overflow_error(format!("signed integer is {what}"))
    })
}

/// A time tuple as the C library has it; its parts may be out of range.
fn from_tuple(th: &Thread, v: Value, f: &str) -> PyResult<Broken> {
    let Some(items) = v.as_tuple() else {
        return Err(th.type_error("Tuple or struct_time argument required"));
    };
    if items.len() != 9 {
        return Err(th.type_error(format!("{f}(): illegal time tuple argument")));
    }
    let mut n = [0i32; 9];
    for (n, item) in n.iter_mut().zip(items) {
        *n = c_int(th, *item)?;
    }
    let year = n[0].checked_sub(1900);
    let Some(year) = year else {
        return Err(th.overflow_error("year out of range"));
    };
    let mut b = Broken {
        year,
        mon: n[1].wrapping_sub(1),
        mday: n[2],
        hour: n[3],
        min: n[4],
        sec: n[5],
        wday: n[6].wrapping_add(1) % 7,
        yday: n[7].wrapping_sub(1),
        isdst: n[8],
        ..Broken::default()
    };
    let is_struct = state(th)
        .get_name(th, STRUCT_TIME_KEY)
        .is_some_and(|t| class_of(v).value().is(t));
    if is_struct {
        let zone = structseq::get(v, 9);
        if zone.as_wtf8().is_some() {
            b.zone = args::fs_encode(th, zone)?;
            b.zone.retain(|b| *b != 0);
        }
        let offset = structseq::get(v, 10);
        if !offset.is_none() {
            b.gmtoff = args::long(th, offset)?;
        }
    }
    Ok(b)
}

/// Mends what may be zero by convention; refuses what the C library's formatting could not take.
fn check(th: &Thread, b: &mut Broken) -> PyResult<()> {
    // Zeros in the tuple stand for "the first".
    if b.mon == -1 {
        b.mon = 0;
    }
    if b.mday == 0 {
        b.mday = 1;
    }
    if b.yday == -1 {
        b.yday = 0;
    }
    let checks = [
        (b.mon, 0, 11, "month"),
        (b.mday, 0, 31, "day of month"),
        (b.hour, 0, 23, "hour"),
        (b.min, 0, 59, "minute"),
        (b.sec, 0, 61, "seconds"),
        (b.wday, 0, 6, "day of week"),
        (b.yday, 0, 365, "day of year"),
    ];
    for (n, low, high, what) in checks {
        if n < low || n > high {
            return Err(th.value_error(format!("{what} out of range")));
        }
    }
    Ok(())
}

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The classic text of a checked moment.
fn classic(th: &Thread, b: &Broken) -> Value {
    let day = DAYS.get(b.wday as usize).unwrap_or(&"???");
    let month = MONTHS.get(b.mon as usize).unwrap_or(&"???");
    let text = format!(
        "{day} {month}{:3} {:02}:{:02}:{:02} {}",
        b.mday,
        b.hour,
        b.min,
        b.sec,
        i64::from(b.year) + 1900
    );
    Value::str(th, &text)
}

pub(super) fn asctime(th: &Thread, args: Args) -> PyResult {
    if args.values.len() > 1 {
        return Err(th.type_error(format!(
            "asctime expected at most 1 argument, got {}",
            args.values.len()
        )));
    }
    let [tuple] = positional(th, args, "asctime", 0)?;
    let b = match tuple.present() {
        None => now(th)?,
        Some(t) => {
            let mut b = from_tuple(th, t, "asctime")?;
            check(th, &mut b)?;
            b
        }
    };
    Ok(classic(th, &b))
}

pub(super) fn ctime(th: &Thread, args: Args) -> PyResult {
    let [seconds] = positional(th, args, "ctime", 0)?;
    let b = sys(th, calendar::localtime(moment(th, seconds)?))?;
    Ok(classic(th, &b))
}

pub(super) fn mktime(th: &Thread, a: &[Value]) -> PyResult {
    let b = from_tuple(th, a[0], "mktime")?;
    match calendar::mktime(&b) {
        Ok(n) => Ok(Value::float(th, n as f64)),
        Err(_) => Err(th.overflow_error("mktime argument out of range")),
    }
}

pub(super) fn strftime(th: &Thread, args: Args) -> PyResult {
    let [format, tuple] = positional(th, args, "strftime", 1)?;
    let format = text(th, "strftime", "1", format)?;
    let b = match tuple.present() {
        None => now(th)?,
        Some(t) => {
            let mut b = from_tuple(th, t, "strftime")?;
            check(th, &mut b)?;
            b
        }
    };
    let b = Broken {
        isdst: b.isdst.clamp(-1, 1),
        ..b
    };
    // The C library sees runs of ASCII only: other characters, and those that would end its string, pass by it.
    let mut out = Wtf8Buf::new();
    let mut run = Vec::new();
    let flush = |run: &mut Vec<u8>, out: &mut Wtf8Buf| {
        if let Ok(f) = CString::new(std::mem::take(run))
            && !f.is_empty()
        {
            let made = calendar::strftime(&f, &b);
            out.push_wtf8(&taipan_text::codec::fs_decode(&made));
        }
    };
    // After such a character everything up to the next code is plain text.
    let mut plain = false;
    for c in format.code_points() {
        match c.to_u32() {
            n @ 1..=127 if !plain || n == u32::from(b'%') => {
                plain = false;
                run.push(n as u8);
            }
            n => {
                flush(&mut run, &mut out);
                plain = true;
                out.push(CodePoint::from_u32(n).unwrap_or(c));
            }
        }
    }
    flush(&mut run, &mut out);
    Value::try_wtf8(th, &out)
}

pub(super) fn strptime(th: &Thread, args: Args) -> PyResult {
    let f = args::from_module(th, "_strptime", "_strptime_time")?;
    call::call_args(th, f, args)
}
