//! From the errors of crate `num` to exceptions.

use taipan_num::format::FormatError;
use taipan_num::{FloatError, IntError};
use taipan_object::exception::OVERFLOW_ERROR;
use taipan_object::{Raised, Thread, Value};

/// The exception of an integer operation that has no result.
#[cold]
pub fn int_error(th: &Thread, e: IntError) -> Raised {
    th.num_error(e.kind(), e)
}

/// The exception of a float operation that has no result.
#[cold]
pub fn float_error(th: &Thread, e: FloatError) -> Raised {
    if e == FloatError::RangeError {
        let text = Value::str(th, "Numerical result out of range");
        return th.raise_with(&OVERFLOW_ERROR, &[Value::small_int(34), text]);
    }
    th.num_error(e.kind(), e)
}

/// The exception of a format specification that does not fit.
#[cold]
pub fn format_error(th: &Thread, e: FormatError) -> Raised {
    th.num_error(e.kind(), e)
}
