//! Ctrl-C: the first one asks a study to come to its end, the second one ends the process.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// The handlers, which stay for the life of the process: none can be taken back without losing the usual one.
struct Handlers {
    asked: Arc<AtomicBool>,
    /// Whether nothing listens, so that Ctrl-C does what it does without us.
    idle: Arc<AtomicBool>,
    listening: AtomicUsize,
}

static HANDLERS: OnceLock<Option<Handlers>> = OnceLock::new();

fn install() -> std::io::Result<Handlers> {
    let (asked, idle) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(true)));
    flag::register_conditional_default(SIGINT, Arc::clone(&idle))?;
    flag::register_conditional_default(SIGINT, Arc::clone(&asked))?;
    flag::register(SIGINT, Arc::clone(&asked))?;
    Ok(Handlers { asked, idle, listening: AtomicUsize::new(0) })
}

/// Listens for Ctrl-C as long as it lives.
#[derive(Debug)]
pub(super) struct Interrupt {
    asked: Arc<AtomicBool>,
}

impl Interrupt {
    /// None where the process cannot listen, and Ctrl-C just ends it.
    pub(super) fn listen() -> Option<Self> {
        let install = || install().inspect_err(|error| tracing::warn!(%error, "Ctrl-C will not be listened to")).ok();
        let handlers = HANDLERS.get_or_init(install).as_ref()?;
        if handlers.listening.fetch_add(1, Ordering::SeqCst) == 0 {
            handlers.asked.store(false, Ordering::SeqCst);
            handlers.idle.store(false, Ordering::SeqCst);
        }
        Some(Self { asked: Arc::clone(&handlers.asked) })
    }

    pub(super) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(handlers) = HANDLERS.get().and_then(Option::as_ref)
            && handlers.listening.fetch_sub(1, Ordering::SeqCst) == 1
        {
            handlers.idle.store(true, Ordering::SeqCst);
            handlers.asked.store(false, Ordering::SeqCst);
        }
    }
}
