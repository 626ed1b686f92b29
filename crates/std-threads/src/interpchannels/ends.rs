//! Who uses which end of a channel.

/// An end, or both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Where values go in.
    Send,
    /// Where they come out.
    Recv,
    /// Either.
    Both,
}

impl End {
    /// Whether this is the sending end or both.
    pub fn sends(self) -> bool {
        self != End::Recv
    }

    /// Whether this is the receiving end or both.
    pub fn receives(self) -> bool {
        self != End::Send
    }

    /// CPython's name.
    pub fn name(self) -> &'static str {
        match self {
            End::Send => "send",
            End::Recv => "recv",
            End::Both => "both",
        }
    }
}

/// An interpreter that uses or has used an end.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// The interpreter.
    pub interp: u64,
    /// Whether it has not released the end.
    pub open: bool,
}

/// The users of one end.
#[derive(Default, Debug)]
pub struct Users {
    list: Vec<User>,
    /// Those that have not released it, less one for each time that one released it again: that is how CPython counts,
    /// and whether a channel is open hangs on it.
    open: i64,
}

impl Users {
    /// The user of an interpreter.
    pub fn find(&self, interp: u64) -> Option<User> {
        self.list.iter().copied().find(|u| u.interp == interp)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = User> + '_ {
        self.list.iter().copied()
    }

    /// Makes an interpreter a user; whether it is one that has not released the end.
    pub fn join(&mut self, interp: u64) -> bool {
        match self.find(interp) {
            Some(u) => u.open,
            None => {
                self.list.push(User { interp, open: true });
                self.open += 1;
                true
            }
        }
    }

    /// Releases the end for an interpreter, which is a user from then on if it was none.
    pub fn release(&mut self, interp: u64) {
        self.join(interp);
        self.leave(interp);
    }

    /// Releases the end for an interpreter that uses or has used it.
    pub fn leave(&mut self, interp: u64) {
        if let Some(u) = self.list.iter_mut().find(|u| u.interp == interp) {
            u.open = false;
            self.open -= 1;
        }
    }

    /// Releases the end for all.
    pub fn release_all(&mut self) {
        for u in &mut self.list {
            u.open = false;
            self.open -= 1;
        }
    }
}

/// Both ends.
#[derive(Default, Debug)]
pub struct Ends {
    /// Who sends.
    pub send: Users,
    /// Who receives.
    pub recv: Users,
}

impl Ends {
    /// Whether somebody uses the channel, or nobody ever did.
    pub fn are_open(&self) -> bool {
        self.send.open != 0
            || self.recv.open != 0
            || (self.send.list.is_empty() && self.recv.list.is_empty())
    }

    /// Releases ends for an interpreter.
    pub fn release(&mut self, interp: u64, end: End) {
        if end.sends() {
            self.send.release(interp);
        }
        if end.receives() {
            self.recv.release(interp);
        }
    }

    /// An interpreter is gone.
    pub fn leave(&mut self, interp: u64) {
        self.send.leave(interp);
        self.recv.leave(interp);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_nobody_used_is_open() {
        assert!(Ends::default().are_open());
    }

    #[test]
    fn the_last_release_closes() {
        let mut e = Ends::default();
        assert!(e.send.join(0) && e.recv.join(1));
        e.release(0, End::Send);
        assert!(e.are_open() && !e.send.join(0));
        e.release(1, End::Recv);
        assert!(!e.are_open());
    }

    #[test]
    fn releasing_an_unused_channel_closes_it() {
        let mut e = Ends::default();
        e.release(0, End::Both);
        assert!(!e.are_open());
    }

    #[test]
    fn a_second_release_counts_again() {
        let mut e = Ends::default();
        e.send.join(0);
        e.recv.join(1);
        e.release(1, End::Recv);
        e.leave(1);
        e.release(0, End::Send);
        assert!(e.are_open());
    }
}
