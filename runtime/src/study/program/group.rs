//! A process group that ends with this process, whatever ends that.
//!
//! The group's leader is a small shell script that reads from a pipe which only this process has open for writing. Where this process is
//! gone, the pipe ends, and the script asks the group to end and kills it after a while. The program joins the group when it is started.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, getpgid, kill_process, kill_process_group};

/// Its argument is the grace in tenths of a second. What it is told first is the number of the program's process.
const WATCH: &str = r#"
trap '' TERM INT HUP QUIT
pid=
read -r pid && read -r nothing
kill -s TERM 0
n=$1
while [ "$n" -gt 0 ] && [ -n "$pid" ] && kill -s 0 "$pid" 2>/dev/null; do
    sleep 0.1 2>/dev/null || sleep 1
    n=$((n - 1))
done
kill -s KILL 0
"#;

/// A process group with nobody but its leader, which knows when this process is gone. Dropped, it is killed.
pub(super) struct Group {
    watch: Child,
    id: Pid,
}

impl Group {
    /// With a file that is open as long as the leader lives.
    pub(super) fn new(grace: Duration, lock: File) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", WATCH, "transfer-nas-watch", &tenths(grace).to_string()]);
        command.stdin(Stdio::piped()).stdout(lock).stderr(Stdio::null()).current_dir("/");
        let mut watch = command.process_group(0).spawn()?;
        let id = i32::try_from(watch.id()).ok().and_then(Pid::from_raw);
        let Some(id) = id else {
            watch.kill()?;
            watch.wait()?;
            return Err(io::Error::other("the system gave a process no number"));
        };
        Ok(Self { watch, id })
    }

    /// Starts a program in the group.
    pub(super) fn start(&mut self, command: &mut Command) -> io::Result<Child> {
        let child = command.process_group(self.id.as_raw_nonzero().get()).spawn()?;
        if let Some(pipe) = &mut self.watch.stdin {
            // Where the script is gone already, nothing is left to be told.
            writeln!(pipe, "{}", child.id()).ok();
        }
        Ok(child)
    }

    /// Asks all in it to come to their end, and the program that was started in it wherever that went.
    pub(super) fn terminate(&self, child: &Child) {
        self.signal(Signal::TERM);
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid.filter(|pid| getpgid(Some(*pid)).is_ok_and(|group| group != self.id)) {
            kill_process(pid, Signal::TERM).ok();
        }
    }

    fn signal(&self, signal: Signal) {
        // The number is this group's as long as its leader was not waited for. A group that is empty needs no signal.
        kill_process_group(self.id, signal).ok();
    }
}

/// Whatever is left in it is killed.
impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        // Should it have left its own group, which it does not.
        self.watch.kill().ok();
        self.watch.wait().ok();
    }
}

fn tenths(grace: Duration) -> u128 {
    grace.as_millis().div_ceil(100).min(u128::from(u32::MAX))
}
