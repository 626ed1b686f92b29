//! Functions of shared libraries: finding, calling, and being called by them.

use libffi::low::{self, CodePtr, ffi_cif, ffi_closure, ffi_type, types};
use std::ffi::{CStr, CString, c_void};
use std::ptr;

/// The type of an argument or result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CType {
    /// No result.
    Void,
    /// An integer of so many bytes; whether it has a sign.
    Int(u8, bool),
    /// `float`
    Float,
    /// `double`
    Double,
    /// `long double`
    LongDouble,
    /// `float complex`
    ComplexFloat,
    /// `double complex`
    ComplexDouble,
    /// `long double complex`
    ComplexLongDouble,
    /// Any pointer.
    Pointer,
    /// A structure passed by value.
    Struct(Vec<CType>),
}

/// The types of a function's arguments and of its result.
pub struct Signature {
    cif: Box<ffi_cif>,
    // What the cif points to.
    _args: Vec<*mut ffi_type>,
    #[expect(clippy::vec_box, reason = "the cif points to each of them")]
    _types: Vec<Box<ffi_type>>,
    _elements: Vec<Vec<*mut ffi_type>>,
}

// SAFETY: nothing is written after `new`.
unsafe impl Send for Signature {}
// SAFETY: as above.
unsafe impl Sync for Signature {}

#[derive(Default)]
struct Made {
    #[expect(
        clippy::vec_box,
        reason = "pointers to each are handed out while it grows"
    )]
    types: Vec<Box<ffi_type>>,
    elements: Vec<Vec<*mut ffi_type>>,
}

impl Made {
    fn make(&mut self, t: &CType) -> *mut ffi_type {
        match t {
            CType::Void => &raw mut types::void,
            CType::Int(1, true) => &raw mut types::sint8,
            CType::Int(1, false) => &raw mut types::uint8,
            CType::Int(2, true) => &raw mut types::sint16,
            CType::Int(2, false) => &raw mut types::uint16,
            CType::Int(4, true) => &raw mut types::sint32,
            CType::Int(4, false) => &raw mut types::uint32,
            CType::Int(_, true) => &raw mut types::sint64,
            CType::Int(_, false) => &raw mut types::uint64,
            CType::Float => &raw mut types::float,
            CType::Double => &raw mut types::double,
            CType::LongDouble => &raw mut types::longdouble,
            CType::ComplexFloat => &raw mut types::complex_float,
            CType::ComplexDouble => &raw mut types::complex_double,
            CType::ComplexLongDouble => &raw mut types::complex_longdouble,
            CType::Pointer => &raw mut types::pointer,
            CType::Struct(parts) => {
                let mut elements: Vec<_> = parts.iter().map(|p| self.make(p)).collect();
                elements.push(ptr::null_mut());
                let mut made = Box::new(ffi_type {
                    type_: low::type_tag::STRUCT,
                    elements: elements.as_mut_ptr(),
                    ..Default::default()
                });
                let address: *mut ffi_type = &mut *made;
                self.elements.push(elements);
                self.types.push(made);
                address
            }
        }
    }
}

impl Signature {
    /// Of a function with these types; with a number of fixed arguments, the others are variable.
    ///
    /// Nothing if there is no way to pass such types.
    pub fn new(result: &CType, args: &[CType], fixed: Option<usize>) -> Option<Signature> {
        let mut made = Made::default();
        let result = made.make(result);
        let mut list: Vec<_> = args.iter().map(|a| made.make(a)).collect();
        let mut cif = Box::new(ffi_cif::default());
        // SAFETY: the types live as long as the cif.
        let done = unsafe {
            match fixed {
                Some(n) if n < list.len() => low::prep_cif_var(
                    &mut *cif,
                    low::ffi_abi_FFI_DEFAULT_ABI,
                    n,
                    list.len(),
                    result,
                    list.as_mut_ptr(),
                ),
                _ => low::prep_cif(
                    &mut *cif,
                    low::ffi_abi_FFI_DEFAULT_ABI,
                    list.len(),
                    result,
                    list.as_mut_ptr(),
                ),
            }
        };
        done.ok()?;
        Some(Signature {
            cif,
            _args: list,
            _types: made.types,
            _elements: made.elements,
        })
    }

    /// Calls the function at an address. `args` are the addresses of the arguments, `result` that of room for the
    /// result, sixteen bytes at least. With an `errno`, the function finds that one set, and what it leaves is
    /// stored there.
    pub fn call(&self, f: usize, args: &[usize], result: usize, errno: Option<&mut i32>) {
        let mut list: Vec<*mut c_void> = args.iter().map(|a| *a as *mut c_void).collect();
        let cif = (&raw const *self.cif).cast_mut();
        // SAFETY: the program vouches for the function's address and types, and for the memory.
        unsafe {
            let slot = libc::__errno_location();
            let call = |list: &mut Vec<*mut c_void>| {
                low::call_return_into(
                    cif,
                    CodePtr(f as *mut c_void),
                    list.as_mut_ptr(),
                    result as *mut c_void,
                );
            };
            match errno {
                Some(own) => {
                    core::ptr::swap(own, slot);
                    call(&mut list);
                    core::ptr::swap(own, slot);
                }
                None => call(&mut list),
            }
        }
    }
}

/// What is called: the number that the closure was made with, the address for the result, those of the arguments.
pub type Callback = fn(usize, usize, &[usize]);

struct Target {
    f: Callback,
    data: usize,
}

/// A function made at run time, for libraries to call. Freed on drop.
pub struct Closure {
    closure: *mut ffi_closure,
    code: CodePtr,
    // What the closure points to.
    _signature: Signature,
    _target: Box<Target>,
}

// SAFETY: nothing is written after `new`.
unsafe impl Send for Closure {}
// SAFETY: as above.
unsafe impl Sync for Closure {}

unsafe extern "C" fn enter(
    cif: &ffi_cif,
    result: &mut u64,
    args: *const *const c_void,
    target: &Target,
) {
    let n = cif.nargs as usize;
    let list: Vec<usize> = (0..n)
        // SAFETY: libffi gives as many addresses as there are arguments.
        .map(|i| unsafe { *args.add(i) } as usize)
        .collect();
    (target.f)(target.data, &raw mut *result as usize, &list);
}

impl Closure {
    /// A function of these types that calls `f` with `data`; nothing where the system allows no code to be made.
    pub fn new(signature: Signature, f: Callback, data: usize) -> Option<Closure> {
        let target = Box::new(Target { f, data });
        let (closure, code) = low::try_closure_alloc()?;
        let cif = (&raw const *signature.cif).cast_mut();
        // SAFETY: signature and target live as long as the closure.
        let done = unsafe { low::prep_closure(closure, cif, enter, &raw const *target, code) };
        let made = Closure {
            closure,
            code,
            _signature: signature,
            _target: target,
        };
        done.ok().map(|()| made)
    }

    /// Where the function is.
    pub fn address(&self) -> usize {
        self.code.as_ptr() as usize
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        // SAFETY: allocated by `new`.
        unsafe { low::closure_free(self.closure) };
    }
}

fn last_error() -> CString {
    // SAFETY: the message is this thread's own; null if there is none.
    unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            c"unknown dlopen() error".to_owned()
        } else {
            CStr::from_ptr(text).to_owned()
        }
    }
}

/// Loads a library, or the program itself.
///
/// # Errors
/// The loader's message.
pub fn open(name: Option<&CStr>, mode: i32) -> Result<usize, CString> {
    let name = name.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: a C string or null. What the library's initialisers do is the program's business.
    match unsafe { libc::dlopen(name, mode) } as usize {
        0 => Err(last_error()),
        handle => Ok(handle),
    }
}

/// Lets a library go.
///
/// # Errors
/// The loader's message.
pub fn close(handle: usize) -> Result<(), CString> {
    // SAFETY: the program vouches for the handle.
    match unsafe { libc::dlclose(handle as *mut c_void) } {
        0 => Ok(()),
        _ => Err(last_error()),
    }
}

/// The address of a symbol.
///
/// # Errors
/// The loader's message.
pub fn symbol(handle: usize, name: &CStr) -> Result<usize, CString> {
    // SAFETY: the program vouches for the handle. The error of an earlier call is taken first.
    unsafe {
        libc::dlerror();
        match libc::dlsym(handle as *mut c_void, name.as_ptr()) as usize {
            0 => Err(last_error()),
            address => Ok(address),
        }
    }
}

/// `memmove` and `memset` of the C library.
pub fn memory_functions() -> (usize, usize) {
    (
        libc::memmove as *const () as usize,
        libc::memset as *const () as usize,
    )
}
