//! A line to a PostgreSQL server that is cut, slow, or silent when a test says so.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// How the line is cut at the next commit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cut {
    /// Before the server is told to commit.
    Before,
    /// After that: the server commits, and nobody is told.
    After,
    /// So that the client hears no more, while the server does not know of it.
    Half,
}

/// A port of this machine that leads to a server.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    line: Arc<Line>,
}

/// What happens on the line.
struct Line {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    rng: Pcg64,
    cut: Option<Cut>,
    is_held: bool,
    /// All connections that there were.
    ends: Vec<TcpStream>,
}

/// One message in so many is late, by up to so much.
const LATE: (u32, u64) = (30, 30);

impl Proxy {
    pub(crate) fn start(target: (String, u16), seed: u64) -> Self {
        let state = State { rng: Pcg64::seed_from_u64(seed), cut: None, is_held: false, ends: Vec::new() };
        let line = Arc::new(Line { state: Mutex::new(state), changed: Condvar::new() });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let lines = Arc::clone(&line);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                lines.connect(client, &target);
            }
        });
        Self { port, line }
    }

    /// Cuts the line at the next commit, and waits for that, at most so long.
    pub(crate) fn cut(&self, cut: Cut, patience: Duration) -> bool {
        let mut state = self.line.state.lock().unwrap();
        state.cut = Some(cut);
        let (mut state, _) =
            self.line.changed.wait_timeout_while(state, patience, |state| state.cut.is_some()).unwrap();
        state.cut.take().is_none()
    }

    /// Lets nothing through for a while. After that it goes on, or all that was under way is lost.
    pub(crate) fn hold(&self, span: Duration, is_lost: bool) {
        self.line.state.lock().unwrap().is_held = true;
        std::thread::sleep(span);
        let mut state = self.line.state.lock().unwrap();
        state.is_held = false;
        if is_lost {
            state.ends.drain(..).for_each(|end| drop(end.shutdown(Shutdown::Both)));
        }
        self.line.changed.notify_all();
    }
}

impl Line {
    fn connect(self: &Arc<Self>, client: TcpStream, target: &(String, u16)) {
        // A server that is down refuses, and so does this.
        let Ok(server) = TcpStream::connect((&*target.0, target.1)) else { return };
        for end in [&client, &server] {
            end.set_nodelay(true).unwrap();
        }
        let copy = |end: &TcpStream| end.try_clone().unwrap();
        self.state.lock().unwrap().ends.extend([copy(&client), copy(&server)]);
        let is_deaf = Arc::new(Mutex::new(false));
        let (there, back) = (Arc::clone(self), Arc::clone(self));
        let (mut from, mut to, deaf) = (copy(&client), copy(&server), Arc::clone(&is_deaf));
        std::thread::spawn(move || {
            let _ = there.forward(&mut from, &mut to, &deaf);
            drop((from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)));
        });
        std::thread::spawn(move || {
            let _ = back.give_back(server, &client, &is_deaf);
            let _ = client.shutdown(Shutdown::Both);
        });
    }

    /// What the client says, message by message.
    fn forward(&self, client: &mut TcpStream, server: &mut TcpStream, is_deaf: &Mutex<bool>) -> std::io::Result<()> {
        server.write_all(&first_message(client)?)?;
        loop {
            let message = message(client)?;
            self.delay();
            let cut = if is_commit(&message) { self.take_cut() } else { None };
            if cut == Some(Cut::Before) {
                return Ok(());
            }
            *is_deaf.lock().unwrap() |= cut.is_some();
            server.write_all(&message)?;
            match cut {
                Some(Cut::After) => {
                    // The server has time to commit.
                    std::thread::sleep(Duration::from_millis(50));
                    return Ok(());
                }
                Some(_) => client.shutdown(Shutdown::Write)?,
                None => {}
            }
        }
    }

    fn give_back(&self, mut server: TcpStream, mut client: &TcpStream, is_deaf: &Mutex<bool>) -> std::io::Result<()> {
        let mut bytes = [0; 1 << 14];
        loop {
            let count = server.read(&mut bytes)?;
            if count == 0 {
                return Ok(());
            }
            self.wait();
            let is_deaf = is_deaf.lock().unwrap();
            if !*is_deaf {
                client.write_all(&bytes[..count])?;
            }
        }
    }

    /// Waits until the line is not held.
    fn wait(&self) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |state| state.is_held).unwrap());
    }

    fn delay(&self) {
        let pause = {
            let mut state = self.state.lock().unwrap();
            let is_late = state.rng.random_range(0..LATE.0) == 0;
            if is_late { state.rng.random_range(1..LATE.1) } else { 0 }
        };
        std::thread::sleep(Duration::from_millis(pause));
        self.wait();
    }

    fn take_cut(&self) -> Option<Cut> {
        let cut = self.state.lock().unwrap().cut.take();
        self.changed.notify_all();
        cut
    }
}

/// How a client introduces itself: a length and what follows it.
fn first_message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0; 4];
    stream.read_exact(&mut message)?;
    rest(stream, message, 0)
}

/// A message: its kind, a length and what follows it.
fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut message = vec![0; 5];
    stream.read_exact(&mut message)?;
    rest(stream, message, 1)
}

fn rest(stream: &mut TcpStream, mut message: Vec<u8>, at: usize) -> std::io::Result<Vec<u8>> {
    let length = u32::from_be_bytes(message[at..at + 4].try_into().unwrap()) as usize;
    let (begin, whole) = (message.len(), at + length);
    if whole < begin {
        return Err(ErrorKind::InvalidData.into());
    }
    message.resize(whole, 0);
    stream.read_exact(&mut message[begin..])?;
    Ok(message)
}

fn is_commit(message: &[u8]) -> bool {
    message[0] == b'Q' && message[5..].starts_with(b"COMMIT")
}
