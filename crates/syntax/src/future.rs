//! The `__future__` features that still change how code is compiled.

use std::ops::{BitOr, BitOrAssign};

use ruff_python_ast::{Expr, Stmt};

use crate::error::SyntaxError;
use crate::lines::Lines;

/// A set of `__future__` features, with the bit values of `__future__.CO_FUTURE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct FutureFlags(u32);

impl FutureFlags {
    /// No feature.
    pub const NONE: FutureFlags = FutureFlags(0);
    /// `from __future__ import barry_as_FLUFL`: `<>` instead of `!=`.
    pub const BARRY_AS_BDFL: FutureFlags = FutureFlags(0x40_0000);
    /// `from __future__ import generator_stop`: always on, kept for `co_flags`.
    pub const GENERATOR_STOP: FutureFlags = FutureFlags(0x80_0000);
    /// `from __future__ import annotations`: annotations are stored as text.
    pub const ANNOTATIONS: FutureFlags = FutureFlags(0x100_0000);

    const ALL: u32 = 0x40_0000 | 0x80_0000 | 0x100_0000;

    /// The features among `co_flags` or compile flags.
    pub const fn from_bits(bits: u32) -> Self {
        FutureFlags(bits & Self::ALL)
    }

    /// The bits as they stand in `co_flags`.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether all of `other` are set.
    pub const fn contains(self, other: FutureFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether annotations are stored as text.
    pub const fn annotations(self) -> bool {
        self.contains(Self::ANNOTATIONS)
    }

    /// The flag that `from __future__ import name` sets: `None` if there is no such feature.
    pub fn by_name(name: &str) -> Option<FutureFlags> {
        Some(match name {
            "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement"
            | "print_function" | "unicode_literals" => Self::NONE,
            "barry_as_FLUFL" => Self::BARRY_AS_BDFL,
            "generator_stop" => Self::GENERATOR_STOP,
            "annotations" => Self::ANNOTATIONS,
            _ => return None,
        })
    }
}

impl BitOr for FutureFlags {
    type Output = FutureFlags;
    fn bitor(self, rhs: FutureFlags) -> FutureFlags {
        FutureFlags(self.0 | rhs.0)
    }
}

impl BitOrAssign for FutureFlags {
    fn bitor_assign(&mut self, rhs: FutureFlags) {
        self.0 |= rhs.0;
    }
}

/// The features that a file turns on, or the error in one of its future statements.
pub(crate) fn declared(body: &[Stmt], lines: &Lines) -> Result<FutureFlags, Box<SyntaxError>> {
    let mut flags = FutureFlags::NONE;
    let mut allowed = true;
    for (idx, stmt) in body.iter().enumerate() {
        match stmt {
            Stmt::ImportFrom(import)
                if import.level == 0 && import.module.as_deref() == Some("__future__") =>
            {
                if !allowed {
                    return Err(SyntaxError::at(lines, import.range, MISPLACED));
                }
                for alias in &import.names {
                    let name = alias.name.as_str();
                    match FutureFlags::by_name(name) {
                        Some(flag) => flags |= flag,
                        None if name == "braces" => {
                            return Err(SyntaxError::at(lines, alias.range, "not a chance"));
                        }
                        None => {
                            let msg = format!("future feature {name} is not defined");
                            return Err(SyntaxError::at(lines, alias.range, msg));
                        }
                    }
                }
            }
            Stmt::Expr(expr) if idx == 0 && matches!(*expr.value, Expr::StringLiteral(_)) => {}
            _ => allowed = false,
        }
    }
    Ok(flags)
}

/// What is said of a future statement that comes too late.
pub(crate) const MISPLACED: &str =
    "from __future__ imports must occur at the beginning of the file";
