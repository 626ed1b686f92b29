//! Calendar time in the system's time zone and locale.

use crate::c_state::PROCESS;
use crate::check::{bytes, error};
use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;

/// A moment taken apart, with the C library's conventions: months and days of the year count
/// from 0, years from 1900, weekdays from Sunday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Broken {
    pub sec: i32,
    pub min: i32,
    pub hour: i32,
    pub mday: i32,
    pub mon: i32,
    pub year: i32,
    pub wday: i32,
    pub yday: i32,
    /// Positive in summer time, 0 if not, negative if unknown.
    pub isdst: i32,
    /// Seconds east of UTC.
    pub gmtoff: i64,
    /// The time zone's abbreviation.
    pub zone: Vec<u8>,
}

/// # Safety
/// The zone's name is null or terminated.
unsafe fn from_raw(raw: &libc::tm) -> Broken {
    Broken {
        sec: raw.tm_sec,
        min: raw.tm_min,
        hour: raw.tm_hour,
        mday: raw.tm_mday,
        mon: raw.tm_mon,
        year: raw.tm_year,
        wday: raw.tm_wday,
        yday: raw.tm_yday,
        isdst: raw.tm_isdst,
        gmtoff: raw.tm_gmtoff,
        // SAFETY: the caller's promise.
        zone: unsafe { bytes(raw.tm_zone) },
    }
}

/// The raw form; its zone is null.
fn to_raw(broken: &Broken) -> libc::tm {
    // SAFETY: zero bytes are a valid value of this plain struct.
    let mut raw: libc::tm = unsafe { std::mem::zeroed() };
    raw.tm_sec = broken.sec;
    raw.tm_min = broken.min;
    raw.tm_hour = broken.hour;
    raw.tm_mday = broken.mday;
    raw.tm_mon = broken.mon;
    raw.tm_year = broken.year;
    raw.tm_wday = broken.wday;
    raw.tm_yday = broken.yday;
    raw.tm_isdst = broken.isdst;
    raw.tm_gmtoff = broken.gmtoff;
    raw
}

/// Local time of a number of seconds since the epoch.
pub fn localtime(seconds: i64) -> io::Result<Broken> {
    let _guard = PROCESS.hold();
    let mut raw = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: room for the result; the zone's name is copied under the lock.
    unsafe {
        if libc::localtime_r(&raw const seconds, raw.as_mut_ptr()).is_null() {
            return Err(overflow());
        }
        Ok(from_raw(&raw.assume_init()))
    }
}

/// UTC of a number of seconds since the epoch.
pub fn gmtime(seconds: i64) -> io::Result<Broken> {
    let mut raw = MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: room for the result, whose zone is a constant.
    unsafe {
        if libc::gmtime_r(&raw const seconds, raw.as_mut_ptr()).is_null() {
            return Err(overflow());
        }
        let mut broken = from_raw(&raw.assume_init());
        broken.zone = b"UTC".to_vec();
        Ok(broken)
    }
}

fn overflow() -> io::Error {
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(0) | None => io::Error::from_raw_os_error(libc::EINVAL),
        Some(_) => error,
    }
}

/// The seconds since the epoch of a local time, whose parts may be out of range.
pub fn mktime(broken: &Broken) -> io::Result<i64> {
    let _guard = PROCESS.hold();
    let mut raw = to_raw(broken);
    // The call sets the weekday if it succeeds: -1 is also a moment in 1969.
    raw.tm_wday = -1;
    // SAFETY: the moment is writable.
    let seconds = unsafe { libc::mktime(&raw mut raw) };
    if seconds == -1 && raw.tm_wday == -1 {
        error(libc::EOVERFLOW)
    } else {
        Ok(seconds)
    }
}

/// Formats a moment in the current locale.
pub fn strftime(format: &CStr, broken: &Broken) -> Vec<u8> {
    let _guard = PROCESS.hold();
    let mut zone = broken.zone.clone();
    zone.push(0);
    let mut raw = to_raw(broken);
    // A null zone makes the C library use the local one's names.
    raw.tm_zone = if broken.zone.is_empty() {
        std::ptr::null()
    } else {
        zone.as_ptr().cast()
    };
    let mut buffer = vec![0u8; 1024];
    loop {
        // SAFETY: the buffer is writable for its length, format and zone are terminated.
        let n = unsafe {
            libc::strftime(
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                format.as_ptr(),
                &raw const raw,
            )
        };
        // Nothing may mean an empty result or too small a buffer.
        if n > 0 || buffer.len() >= 256 * format.to_bytes().len().max(16) {
            buffer.truncate(n);
            return buffer;
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

unsafe extern "C" {
    fn tzset();
}

/// Takes the time zone from the environment again.
pub fn set_zone_from_environment() {
    let _guard = PROCESS.hold();
    // SAFETY: the lock keeps readers of the zone and of the environment away.
    unsafe { tzset() };
}

/// The local time zone's offsets (seconds west of UTC) and names, without and with summer time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub standard_west: i64,
    pub summer_west: i64,
    pub has_summer_time: bool,
    pub standard_name: Vec<u8>,
    pub summer_name: Vec<u8>,
}

/// The local time zone as of this year: what January and July show, wherever summer falls.
pub fn zone() -> io::Result<Zone> {
    set_zone_from_environment();
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let now = crate::clock::realtime() / 1_000_000_000;
    let january_first = now / YEAR * YEAR;
    let (january, july) = (
        localtime(january_first)?,
        localtime(january_first + YEAR / 2)?,
    );
    let (standard, summer) = if january.gmtoff > july.gmtoff {
        (july, january)
    } else {
        (january, july)
    };
    Ok(Zone {
        standard_west: -standard.gmtoff,
        summer_west: -summer.gmtoff,
        has_summer_time: standard.gmtoff != summer.gmtoff,
        standard_name: standard.zone,
        summer_name: summer.zone,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_come_apart_and_together() {
        let broken = gmtime(86_400 * 365).unwrap();
        assert_eq!(
            (
                broken.year,
                broken.mon,
                broken.mday,
                broken.yday,
                broken.wday
            ),
            (71, 0, 1, 0, 5)
        );
        assert_eq!(strftime(c"%Y-%m-%d %Z", &broken), b"1971-01-01 UTC");
        assert_eq!(strftime(c"", &broken), b"");
        for seconds in [0, -1, 1_700_000_000] {
            assert_eq!(mktime(&localtime(seconds).unwrap()).unwrap(), seconds);
        }
        assert!(gmtime(i64::MAX).is_err());
        assert!(
            mktime(&Broken {
                year: i32::MAX,
                mon: i32::MAX,
                ..Broken::default()
            })
            .is_err()
        );
        assert!(!zone().unwrap().standard_name.is_empty());
    }
}
