//! Servers that are none: what they say, and when they fall silent, is up to a test.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// Listens on a port of its own, and gives that. Each connection is given to `answer`.
pub(super) fn serve(answer: impl Fn(TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
    port
}

/// Reads the first message of a client: how it introduces itself, or that it asks for TLS.
pub(super) fn first_message(stream: &mut impl Read) -> Vec<u8> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut message = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut message).unwrap();
    message
}

/// Says an error of a code.
pub(super) fn say_error(stream: &mut impl Write, code: &str, message: &str) {
    let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap();
    let bytes = [b"E", &length.to_be_bytes()[..], fields.as_bytes()].concat();
    stream.write_all(&bytes).unwrap();
    stream.flush().unwrap();
}
