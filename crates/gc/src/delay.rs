//! Delays at random, so that tests meet interleavings that are seldom.
//!
//! `TAIPAN_SAFEPOINT_DELAY=seed:maxmicros` lets threads wait, now and then, where they may stop anyway: at polls, and
//! at both ends of blocking regions. `TAIPAN_PREEMPT=seed:maxmicros` has a thread of its own interrupt the others by a
//! signal, whatever they do, and let them wait in its handler. Both cost nothing when they are off: a safepoint that
//! has a bit of the poll word set is slow in any case, and no signal comes.

use std::cell::Cell;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use taipan_sync::Mutex;

/// The bit of the poll word of threads that wait at safepoints: it stays set.
pub const POLL_DELAY: u32 = 1 << 3;

/// A seed and the longest delay in microseconds; 0 for off.
struct Setting {
    seed: AtomicU64,
    longest: AtomicU64,
}

static AT_SAFEPOINTS: Setting = Setting::off();
static ANYWHERE: Setting = Setting::off();
/// Is there a thread that interrupts the others? There is none in the child of a fork.
static INTERRUPTING: AtomicBool = AtomicBool::new(false);
/// The threads to interrupt.
static THREADS: Mutex<Vec<libc::pid_t>> = Mutex::new(Vec::new());

std::thread_local! {
    /// The state of the thread's random numbers; 0 before the first. The handler may come between a load and a store.
    static RANDOM: Cell<u64> = const { Cell::new(0) };
}

impl Setting {
    const fn off() -> Self {
        Self {
            seed: AtomicU64::new(0),
            longest: AtomicU64::new(0),
        }
    }

    fn read(&self, name: &str) {
        let Ok(text) = std::env::var(name) else {
            return;
        };
        let (seed, longest) = text.split_once(':').unwrap_or(("1", &text));
        if let (Ok(seed), Ok(longest)) = (seed.trim().parse(), longest.trim().parse()) {
            self.seed.store(seed, Ordering::SeqCst);
            self.longest.store(longest, Ordering::SeqCst);
        }
    }

    fn longest(&self) -> u64 {
        self.longest.load(Ordering::Relaxed)
    }

    /// The thread's next random number.
    fn random(&self) -> u64 {
        static THREAD: AtomicU64 = AtomicU64::new(0);
        let mut state = RANDOM.get();
        if state == 0 {
            let thread = THREAD.fetch_add(1, Ordering::Relaxed);
            state = self.seed.load(Ordering::Relaxed) ^ (thread << 32);
        }
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        RANDOM.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Waits for a random time, computing or asleep.
    fn wait(&self) {
        let random = self.random();
        let time = Duration::from_micros((random >> 8) % (self.longest() + 1));
        if random & 1 == 0 {
            std::thread::sleep(time);
        } else {
            let end = Instant::now() + time;
            while Instant::now() < end {
                std::hint::spin_loop();
            }
        }
    }
}

/// Reads the environment, once; gives the bits of the poll word of the calling thread, and counts it among those to
/// interrupt.
pub(crate) fn attach() -> u32 {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        AT_SAFEPOINTS.read("TAIPAN_SAFEPOINT_DELAY");
        ANYWHERE.read("TAIPAN_PREEMPT");
        if ANYWHERE.longest() > 0 {
            let started = std::thread::Builder::new().spawn(interrupt);
            INTERRUPTING.store(started.is_ok(), Ordering::SeqCst);
        }
    });
    if INTERRUPTING.load(Ordering::Relaxed) {
        THREADS.lock().push(this_thread());
    }
    if AT_SAFEPOINTS.longest() > 0 {
        POLL_DELAY
    } else {
        0
    }
}

/// The calling thread is not to be interrupted any more.
pub(crate) fn detach() {
    if INTERRUPTING.load(Ordering::Relaxed) {
        let me = this_thread();
        THREADS.lock().retain(|&thread| thread != me);
    }
}

/// In the child of a fork.
pub(crate) fn after_fork_child() {
    INTERRUPTING.store(false, Ordering::SeqCst);
}

/// At a safepoint of a thread with [`POLL_DELAY`].
#[cold]
pub(crate) fn at_safepoint() {
    match AT_SAFEPOINTS.random() % 64 {
        0 => AT_SAFEPOINTS.wait(),
        1..4 => std::thread::yield_now(),
        _ => {}
    }
}

fn this_thread() -> libc::pid_t {
    // SAFETY: no memory is involved.
    unsafe { libc::gettid() }
}

extern "C" fn handler(_: libc::c_int) {
    // SAFETY: errno is this thread's own.
    let errno = unsafe { *libc::__errno_location() };
    ANYWHERE.wait();
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// Interrupts the threads, one at a time.
fn interrupt() {
    // SAFETY: the handler does only what handlers may: it looks at the clock and waits.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGURG, &action, std::ptr::null_mut());
        // Python's handlers of other signals do not run here.
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, std::ptr::null_mut());
        // Sleeps are as short as they say.
        libc::prctl(libc::PR_SET_TIMERSLACK, 1000);
    }
    loop {
        let random = ANYWHERE.random();
        std::thread::sleep(Duration::from_micros(5 + random % (ANYWHERE.longest() + 1)));
        let threads = THREADS.lock();
        if !threads.is_empty() {
            let thread = threads[(random >> 32) as usize % threads.len()];
            // SAFETY: it leaves the list before it ends.
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, libc::SIGURG) };
        }
    }
}
