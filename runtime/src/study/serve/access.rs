//! Who may ask: whoever knows the token; without one, whoever is on this machine, but no page of another site.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use ring::hmac;
use subtle::ConstantTimeEq;

use super::problem::Problem;

/// Who may ask.
pub(super) struct Access {
    token: Option<Token>,
    /// Whether the host that a request is for must be this machine.
    checks_host: bool,
}

struct Token {
    text: String,
    /// What a browser that knew the token is known by: the name of a cookie, what it is set to, and with which attributes.
    cookie: (String, String),
    attributes: &'static str,
}

impl Access {
    pub(super) fn new(token: Option<String>, port: u16, is_encrypted: bool) -> Self {
        let checks_host = token.is_none();
        let token = token.map(|text| Token {
            cookie: (format!("transfer-nas-{port}"), session(&text)),
            text,
            attributes: if is_encrypted {
                "Path=/; HttpOnly; SameSite=Strict; Secure"
            } else {
                "Path=/; HttpOnly; SameSite=Strict"
            },
        });
        Self { token, checks_host }
    }

    pub(super) fn admits(&self, request: &Request) -> Result<(), Problem> {
        let Some(token) = &self.token else { return self.admits_host(request) };
        if token.is_in(request.headers()) {
            return Ok(());
        }
        let error = "the service asks for its token: send `Authorization: Bearer <token>`, or open the page once with `/?token=<token>`";
        Err(Problem::new(StatusCode::UNAUTHORIZED, error))
    }

    /// A page of another site may have a name that leads here; its requests carry that name.
    fn admits_host(&self, request: &Request) -> Result<(), Problem> {
        if !self.checks_host {
            return Ok(());
        }
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let authority = request.uri().authority().map(axum::http::uri::Authority::as_str);
        if host.is_some_and(is_this_machine) && authority.is_none_or(is_this_machine) {
            return Ok(());
        }
        let error = "without a token the service answers only to `localhost`, `127.0.0.1` and `[::1]`; call it so, or give it a token";
        Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, error))
    }

    /// Where a browser shows the token in the address of a page, it is known by a cookie from then on.
    pub(super) fn signs_in(&self, request: &Request) -> Option<Response> {
        let token = self.token.as_ref().filter(|_| request.method() == Method::GET)?;
        let uri = request.uri();
        let (shown, rest) = without_token(uri)?;
        if uri.path().starts_with("/api/") || !token.is(shown.as_bytes()) {
            return None;
        }
        let (name, value) = &token.cookie;
        let mut response = StatusCode::SEE_OTHER.into_response();
        let cookie = HeaderValue::from_str(&format!("{name}={value}; {}", token.attributes)).ok()?;
        response.headers_mut().insert(SET_COOKIE, cookie);
        response.headers_mut().insert(LOCATION, HeaderValue::from_str(&rest).ok()?);
        Some(response)
    }
}

impl Token {
    fn is(&self, shown: &[u8]) -> bool {
        shown.ct_eq(self.text.as_bytes()).into()
    }

    fn is_in(&self, headers: &HeaderMap) -> bool {
        let bearer = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).and_then(bearer);
        bearer.is_some_and(|shown| self.is(shown)) || self.is_known(headers)
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let (name, value) = &self.cookie;
        let cookies = headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        let mut cookies = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.split_once('='));
        cookies.any(|(key, shown)| key.trim() == name && bool::from(shown.trim().as_bytes().ct_eq(value.as_bytes())))
    }
}

/// What a cookie is set to: whoever has it does not have the token.
fn session(token: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
    let tag = hmac::sign(&key, b"transfer-nas: the cookie of a page");
    let mut text = String::new();
    for byte in tag.as_ref() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What follows the word `Bearer`.
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (word, token) = header.split_at_checked(7)?;
    word.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// The token in the address of a page, and the address without it.
fn without_token(uri: &Uri) -> Option<(String, String)> {
    let (mut token, mut rest) = (None, Vec::new());
    for part in uri.query()?.split('&') {
        match part.strip_prefix("token=") {
            Some(shown) => token = Some(percent_decode_str(shown).decode_utf8().ok()?.into_owned()),
            None => rest.push(part),
        }
    }
    // Two strokes would lead to another machine.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let rest = if rest.is_empty() { path } else { format!("{path}?{}", rest.join("&")) };
    Some((token?, rest))
}

/// Whether a host, with or without a port, is this machine by any of its own names.
pub(in crate::study) fn is_this_machine(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return is_port && address.parse::<IpAddr>().is_ok_and(is_loopback);
    }
    let (name, port) = host.split_once(':').unwrap_or((host, "0"));
    let is_here =
        name.eq_ignore_ascii_case("localhost") || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_here && is_port(port)
}

fn is_port(text: &str) -> bool {
    text.len() <= 5 && text.bytes().all(|letter| letter.is_ascii_digit())
}

/// Whether an address is one of this machine that others cannot reach.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine() {
        for host in
            ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.8.9.1:1", "[::1]", "[::1]:8080", "[::ffff:127.0.0.1]:1"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "10.0.0.1",
            "[::2]",
            "[::1",
            "[::1]x",
            "localhost:x",
            "localhost:80:80",
            "0.0.0.0",
            "::1",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn the_token_is_taken_out_of_an_address() {
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        let found = |text| without_token(&uri(text));
        let pair = |token: &str, rest: &str| Some((token.to_owned(), rest.to_owned()));
        assert_eq!(found("/?token=a%2Fb"), pair("a/b", "/"));
        assert_eq!(found("/studies/x%20y?a=1&token=t&b=2"), pair("t", "/studies/x%20y?a=1&b=2"));
        assert_eq!(found("//example.org/?token=t"), pair("t", "/example.org/"));
        assert_eq!(found("/?tokens=t"), None);
        assert_eq!(found("/"), None);
    }
}
