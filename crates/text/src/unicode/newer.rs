//! Characters assigned after Unicode 16.0: first and last of each run.

pub(super) const NEWER: &[(u32, u32)] = &[(0x10ffff, 0x10ffff)];
