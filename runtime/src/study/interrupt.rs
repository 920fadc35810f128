//! Ctrl-C: the first one asks a study to come to its end, the second one ends the process; or, where what runs are programs, hands them
//! back, and the third one ends the process.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;

/// The handlers, which stay for the life of the process: none can be taken back without losing the usual one.
struct Handlers {
    /// How often somebody asked since this is listened to.
    asked: Arc<AtomicUsize>,
    /// Whether Ctrl-C does what it does without us: nothing listens, or it was asked often enough.
    ends: Arc<AtomicBool>,
    /// The same of the signal that schedulers send.
    terminates: Arc<AtomicBool>,
    /// How often is enough.
    enough: Arc<AtomicUsize>,
    listening: AtomicUsize,
}

static HANDLERS: OnceLock<Option<Handlers>> = OnceLock::new();

fn install() -> std::io::Result<Handlers> {
    let (ends, terminates) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(true)));
    flag::register_conditional_default(SIGINT, Arc::clone(&ends))?;
    flag::register_conditional_default(SIGTERM, Arc::clone(&terminates))?;
    let (asked, enough) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(1)));
    let handlers = Handlers { asked, ends, terminates, enough, listening: AtomicUsize::new(0) };
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let (asked, enough, ends) = (Arc::clone(&handlers.asked), Arc::clone(&handlers.enough), Arc::clone(&handlers.ends));
    let count = move || {
        for signal in signals.forever() {
            // Who is told to terminate has no time to lose.
            let times = if signal == SIGTERM {
                asked.load(Ordering::SeqCst).max(1) + 1
            } else {
                asked.load(Ordering::SeqCst) + 1
            };
            asked.store(times, Ordering::SeqCst);
            if times >= enough.load(Ordering::SeqCst) {
                ends.store(true, Ordering::SeqCst);
            }
        }
    };
    std::thread::Builder::new().name("study-signals".to_owned()).spawn(count)?;
    Ok(handlers)
}

/// Listens for Ctrl-C as long as it lives.
#[derive(Debug)]
pub(super) struct Interrupt {
    asked: Arc<AtomicUsize>,
}

impl Interrupt {
    /// None where the process cannot listen, and Ctrl-C just ends it.
    pub(super) fn listen() -> Option<Self> {
        Self::listen_for(1)
    }

    /// As [`listen`](Self::listen), where a second one, and a wish to terminate, have [what runs handed back](Self::hands_back).
    pub(super) fn listen_twice() -> Option<Self> {
        Self::listen_for(2)
    }

    fn listen_for(times: usize) -> Option<Self> {
        let install = || install().inspect_err(|error| tracing::warn!(%error, "Ctrl-C will not be listened to")).ok();
        let handlers = HANDLERS.get_or_init(install).as_ref()?;
        if handlers.listening.fetch_add(1, Ordering::SeqCst) == 0 {
            handlers.asked.store(0, Ordering::SeqCst);
            handlers.enough.store(times, Ordering::SeqCst);
            handlers.terminates.store(times < 2, Ordering::SeqCst);
            handlers.ends.store(false, Ordering::SeqCst);
        }
        Some(Self { asked: Arc::clone(&handlers.asked) })
    }

    /// Whether no further trials are to be started.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst) > 0
    }

    /// Whether those that run are to be handed back.
    pub(super) fn hands_back(&self) -> bool {
        self.asked.load(Ordering::SeqCst) > 1
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(handlers) = HANDLERS.get().and_then(Option::as_ref)
            && handlers.listening.fetch_sub(1, Ordering::SeqCst) == 1
        {
            handlers.ends.store(true, Ordering::SeqCst);
            handlers.terminates.store(true, Ordering::SeqCst);
            handlers.asked.store(0, Ordering::SeqCst);
        }
    }
}
