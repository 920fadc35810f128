//! A process group that ends with this process, whatever ends that.
//!
//! The group's leader is a small shell script that reads from a pipe which only this process has open for writing. Where this process is
//! gone, the pipe ends, and the script asks the group to end and kills it after a while. The program joins the group when it is started.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpgid, kill_process, kill_process_group, waitid};

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
    /// Not waited for as long as the group is there, so that its number is nobody else's.
    leader: Child,
    id: Pid,
    /// Those who took the place of a watch that somebody killed.
    others: Vec<Child>,
    grace: Duration,
    /// Open as long as somebody watches.
    lock: File,
    /// The number of the program's process.
    program: Option<u32>,
}

/// A watch that somebody kills again and again is somebody's wish.
const MOST: usize = 20;

impl Group {
    /// With a file that is open as long as the leader lives.
    pub(super) fn new(grace: Duration, lock: File) -> io::Result<Self> {
        let mut leader = watch(grace, &lock, 0)?;
        let id = i32::try_from(leader.id()).ok().and_then(Pid::from_raw);
        let Some(id) = id else {
            leader.kill()?;
            leader.wait()?;
            return Err(io::Error::other("the system gave a process no number"));
        };
        Ok(Self { leader, id, others: Vec::new(), grace, lock, program: None })
    }

    /// Has the group watched again where somebody killed who did.
    pub(super) fn see_to(&mut self) {
        let watch_now = self.others.last().unwrap_or(&self.leader);
        if self.others.len() < MOST
            && has_ended(watch_now)
            && let Ok(mut next) = watch(self.grace, &self.lock, self.id.as_raw_nonzero().get())
        {
            tell(&mut next, self.program);
            self.others.push(next);
        }
    }

    /// Starts a program in the group.
    pub(super) fn start(&mut self, command: &mut Command) -> io::Result<Child> {
        let child = command.process_group(self.id.as_raw_nonzero().get()).spawn()?;
        self.program = Some(child.id());
        tell(&mut self.leader, self.program);
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
        for watch in self.others.iter_mut().chain([&mut self.leader]) {
            // Should it have left the group, which it does not.
            watch.kill().ok();
            watch.wait().ok();
        }
    }
}

/// Starts the script, as the leader of a group of its own (0) or in one.
fn watch(grace: Duration, lock: &File, group: i32) -> io::Result<Child> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", WATCH, "transfer-nas-watch", &tenths(grace).to_string()]);
    command.stdin(Stdio::piped()).stdout(lock.try_clone()?).stderr(Stdio::null()).current_dir("/");
    command.process_group(group).spawn()
}

/// Tells a watch which process it watches.
fn tell(watch: &mut Child, program: Option<u32>) {
    if let (Some(pipe), Some(program)) = (&mut watch.stdin, program) {
        // Where it is gone already, nothing is left to be told.
        writeln!(pipe, "{program}").ok();
    }
}

/// Whether a child has ended, which it may be asked again.
fn has_ended(child: &Child) -> bool {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else { return false };
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    matches!(waitid(WaitId::Pid(pid), options), Ok(Some(_)))
}

fn tenths(grace: Duration) -> u128 {
    grace.as_millis().div_ceil(100).min(u128::from(u32::MAX))
}
