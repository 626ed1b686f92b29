//! Audit events (PEP 578): what native code does that a program may want to know of.

use crate::error::PyResult;
use crate::thread::Thread;
use crate::value::Value;
use crate::{attr, call, ops, strings};
use std::sync::atomic::{AtomicBool, Ordering};

/// Where the interpreter keeps the list of hooks.
pub const HOOKS: &str = "sys.audithooks";

/// Whether any hook was ever added: without one an event costs a load.
static ANY: AtomicBool = AtomicBool::new(false);

/// Says that a hook was added to the list.
pub fn hook_added() {
    ANY.store(true, Ordering::Release);
}

impl Thread {
    /// Tells the audit hooks of an event.
    ///
    /// # Errors
    /// What a hook raises.
    #[inline]
    pub fn audit(&self, event: &str, args: &[Value]) -> PyResult<()> {
        if ANY.load(Ordering::Acquire) {
            self.tell_hooks(event, args)
        } else {
            Ok(())
        }
    }

    #[cold]
    fn tell_hooks(&self, event: &str, args: &[Value]) -> PyResult<()> {
        let hooks = self
            .interp
            .state
            .get()
            .and_then(|s| s.get_name(self, HOOKS));
        let Some(list) = hooks.and_then(|l| l.as_list()) else {
            return Ok(());
        };
        let args = Value::try_tuple(self, args)?;
        let name = Value::str(self, event);
        // Hooks are not traced, but for those that ask for it.
        let outer = self.tracing.get();
        self.tracing.set(outer + 1);
        let told = list.snapshot(self).and_then(|hooks| {
            for h in hooks.iter() {
                let asks = attr::get_opt(self, *h, strings::intern(self, "__cantrace__"))?;
                let traced = match asks {
                    Some(v) => ops::truth(self, v)?,
                    None => false,
                };
                self.tracing.set(outer + u32::from(!traced));
                let r = call::call(self, *h, &[name, args]);
                self.tracing.set(outer + 1);
                r?;
            }
            Ok(())
        });
        self.tracing.set(outer);
        told
    }
}
