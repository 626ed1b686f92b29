//! A code object as somebody else's constant: its data may still be packed.

use std::sync::{Arc, OnceLock};

use crate::code::{CodeData, CodeFlags};
use crate::serial::Packed;
use crate::text::Name;

/// A code object of which the name is known, and whose data are unpacked when they are first asked for. Most functions
/// of a module are never called: what only a call needs is not made before.
#[derive(Clone, Debug)]
pub struct CodeRef(Arc<Known>);

#[derive(Debug)]
struct Known {
    name: Name,
    qualname: Name,
    flags: CodeFlags,
    data: OnceLock<CodeData>,
    packed: Option<Packed>,
}

impl CodeRef {
    /// A code object that is unpacked later.
    pub(crate) fn packed(name: Name, qualname: Name, flags: CodeFlags, packed: Packed) -> CodeRef {
        CodeRef(Arc::new(Known {
            name,
            qualname,
            flags,
            data: OnceLock::new(),
            packed: Some(packed),
        }))
    }

    /// `co_name`
    pub fn name(&self) -> &Name {
        &self.0.name
    }

    /// `co_qualname`
    pub fn qualname(&self) -> &Name {
        &self.0.qualname
    }

    /// `co_flags`
    pub fn flags(&self) -> CodeFlags {
        self.0.flags
    }

    /// Whether the data are there without work.
    pub fn is_unpacked(&self) -> bool {
        self.0.data.get().is_some()
    }

    /// The data, unpacked by the first who asks.
    pub fn data(&self) -> &CodeData {
        self.0.data.get_or_init(|| {
            let packed = self
                .0
                .packed
                .as_ref()
                .expect("packed, or made with its data");
            packed.unpack(self)
        })
    }

    /// Whether both are the same code object.
    pub fn is(&self, other: &CodeRef) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl From<CodeData> for CodeRef {
    fn from(data: CodeData) -> CodeRef {
        CodeRef(Arc::new(Known {
            name: data.name.clone(),
            qualname: data.qualname.clone(),
            flags: data.flags,
            data: data.into(),
            packed: None,
        }))
    }
}
