//! A thread that talks to the database, so that whoever asks may have a runtime of its own or none, and need not wait for ever.

use std::future::Future;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};

/// A runtime on a thread of its own.
pub(super) struct Background {
    /// There until this is dropped.
    runtime: Option<Runtime>,
}

impl Background {
    pub(super) fn start() -> std::io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).thread_name("study-postgres").enable_all().build()?;
        Ok(Self { runtime: Some(runtime) })
    }

    /// Where tasks are started; none once this is being dropped.
    pub(super) fn handle(&self) -> Option<&Handle> {
        self.runtime.as_ref().map(Runtime::handle)
    }

    /// Does something there, and waits for what comes of it; none where that takes too long.
    pub(super) fn run<R, F>(&self, patience: Duration, work: F) -> Option<R>
    where
        R: Send + 'static,
        F: Future<Output = R> + Send + 'static,
    {
        let (sender, receiver) = sync_channel(1);
        let task = self.handle()?.spawn(async move {
            // Where nobody waits any more, nobody wants to know.
            let _ = sender.send(work.await);
        });
        let result = receiver.recv_timeout(patience).ok();
        if result.is_none() {
            task.abort();
        }
        result
    }
}

/// May happen within another runtime: nothing is waited for.
impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_given_up() {
        let background = Background::start().unwrap();
        let none = background.run(Duration::from_millis(20), std::future::pending::<()>());
        assert_eq!(none, None);
        assert_eq!(background.run(Duration::from_secs(10), async { 7 }), Some(7));
    }

    #[test]
    fn a_panic_there_is_no_end() {
        let background = Background::start().unwrap();
        assert_eq!(background.run(Duration::from_secs(10), async { assert!(std::hint::black_box(false)) }), None);
        assert_eq!(background.run(Duration::from_secs(10), async { 7 }), Some(7));
    }

    #[test]
    fn it_works_within_another_runtime() {
        let other = Builder::new_current_thread().build().unwrap();
        other.block_on(async {
            let background = Background::start().unwrap();
            assert_eq!(background.run(Duration::from_secs(10), async { 7 }), Some(7));
            drop(background);
        });
    }
}
