//! Error numbers: names and messages.

pub use crate::constants::errno::CONSTANTS;

/// The name of an error number: where a number has two names, the one Python shows.
pub fn name(number: i32) -> Option<&'static str> {
    // Aliases stand behind the names they repeat.
    CONSTANTS
        .iter()
        .find(|(_, value)| *value == i64::from(number))
        .map(|(name, _)| *name)
}

/// The system's message for an error number.
pub fn strerror(number: i32) -> String {
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer is writable for the length given; the call always terminates it.
    let failed = unsafe { libc::strerror_r(number, buffer.as_mut_ptr().cast(), buffer.len()) } != 0;
    let end = buffer
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(buffer.len());
    if failed && end == 0 {
        return format!("Unknown error {number}");
    }
    String::from_utf8_lossy(&buffer[..end]).into_owned()
}

/// The current thread's error number.
pub fn get() -> i32 {
    crate::check::errno()
}

/// Sets the current thread's error number.
pub fn set(number: i32) {
    crate::check::set_errno(number);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_messages() {
        assert_eq!(name(libc::ENOENT), Some("ENOENT"));
        assert_eq!(name(libc::EAGAIN), Some("EAGAIN"));
        assert_eq!(name(libc::EOPNOTSUPP), Some("ENOTSUP"));
        assert_eq!(name(100_000), None);
        assert_eq!(strerror(libc::ENOENT), "No such file or directory");
        assert_eq!(strerror(100_000), "Unknown error 100000");
    }
}
