//! What an address says, keyword by keyword: `postgres://user@host:5432/db?sslmode=require`, or `host=.. dbname=..`, as libpq has
//! them.
//!
//! No message has a value in it: it may be, or have in it, a password.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// The keywords that are known.
const KEYWORDS: [&str; 20] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "options",
    "passfile",
    "password",
    "port",
    "schema",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// What was said, by keyword.
#[derive(Default)]
pub(super) struct Said(BTreeMap<&'static str, String>);

impl Said {
    pub(super) fn get(&self, keyword: &str) -> Option<&str> {
        self.0.get(keyword).map(String::as_str)
    }

    fn set(&mut self, keyword: &str, value: String) -> Result<(), String> {
        let Some(known) = KEYWORDS.into_iter().find(|known| *known == keyword) else {
            return Err(format!("a keyword in it is not known; these are: {}", KEYWORDS.join(", ")));
        };
        if value.contains('\0') {
            return Err(format!("the value of `{known}` has a NUL character"));
        }
        self.0.insert(known, value);
        Ok(())
    }

    /// As `set`, unless there is nothing to be set.
    fn set_some(&mut self, keyword: &str, value: String) -> Result<(), String> {
        if value.is_empty() { Ok(()) } else { self.set(keyword, value) }
    }
}

/// Reads an address; otherwise what to do about it.
pub(super) fn read(text: &str) -> Result<Said, String> {
    let url = crate::study::store::location::after_scheme(text);
    match url {
        Some(rest) => read_url(rest),
        None if text.contains('=') => read_keywords(text),
        None => Err("give `postgres://user@host/database`, or keywords such as `host=.. dbname=.. user=..`".to_owned()),
    }
}

fn read_url(rest: &str) -> Result<Said, String> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    if rest.contains(['@', '#']) {
        return Err(
            "write `%`, `/`, `?`, `#`, `@` and `:` in a user, a password or a name as %25, %2F, %3F, %23, %40 and %3A"
                .to_owned(),
        );
    }
    let mut said = Said::default();
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (hosts, ports) = read_hosts(hosts)?;
    said.set_some("user", decoded(user)?)?;
    said.set_some("password", decoded(password)?)?;
    said.set_some("host", hosts)?;
    said.set_some("port", ports)?;
    said.set_some("dbname", decoded(path.strip_prefix('/').unwrap_or(path))?)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (keyword, value) = pair.split_once('=').ok_or("each of its parameters needs a `=`")?;
        said.set(&decoded(keyword)?, decoded(value)?)?;
    }
    Ok(said)
}

/// Hosts and ports, each with commas between.
fn read_hosts(text: &str) -> Result<(String, String), String> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for one in text.split(',') {
        let (host, port) = match one.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or("an address in brackets needs its `]`")?;
                (host, port.strip_prefix(':').unwrap_or(port))
            }
            None => one.rsplit_once(':').unwrap_or((one, "")),
        };
        hosts.push(decoded(host)?);
        ports.push(decoded(port)?);
    }
    let ports = if ports.iter().all(String::is_empty) { String::new() } else { ports.join(",") };
    Ok((hosts.join(","), ports))
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| "what stands behind `%` in it is no UTF-8".to_owned())
}

/// `keyword = value`, with `'..'` around values that have spaces and `\` before `'` and `\`.
fn read_keywords(text: &str) -> Result<Said, String> {
    let mut said = Said::default();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (keyword, after) = rest.split_once('=').ok_or("each of its keywords needs a `=`")?;
        let (value, after) = read_value(after.trim_start())?;
        said.set(keyword.trim_end(), value)?;
        rest = after.trim_start();
    }
    Ok(said)
}

/// A value, and what comes after it.
fn read_value(text: &str) -> Result<(String, &str), String> {
    let (text, is_quoted) = text.strip_prefix('\'').map_or((text, false), |text| (text, true));
    let (mut value, mut characters) = (String::new(), text.char_indices());
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if is_quoted => return Ok((value, &text[at + 1..])),
            _ if !is_quoted && character.is_whitespace() => return Ok((value, &text[at..])),
            _ => value.push(character),
        }
    }
    if is_quoted { Err("a value in it has no closing `'`".to_owned()) } else { Ok((value, "")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(&'static str, String)> {
        read(text).unwrap_or_else(|error| panic!("{text}: {error}")).0.into_iter().collect()
    }

    fn expected(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        pairs.iter().map(|(keyword, value)| (*keyword, (*value).to_owned())).collect()
    }

    #[test]
    fn urls() {
        let full = "postgresql://al%40ice:s%3Acret%2F@db.example:6000/my%20db?sslmode=require&schema=a%26b";
        let parts = [
            ("dbname", "my db"),
            ("host", "db.example"),
            ("password", "s:cret/"),
            ("port", "6000"),
            ("schema", "a&b"),
            ("sslmode", "require"),
            ("user", "al@ice"),
        ];
        assert_eq!(pairs(full), expected(&parts));
        assert_eq!(pairs("postgres://"), []);
        assert_eq!(pairs("postgres:///test"), expected(&[("dbname", "test")]));
        assert_eq!(pairs("POSTGRES://h"), expected(&[("host", "h")]));
        assert_eq!(pairs("postgres://%2Ftmp?user=a"), expected(&[("host", "/tmp"), ("user", "a")]));
        assert_eq!(pairs("postgres://u@[::1]:77,b"), expected(&[("host", "::1,b"), ("port", "77,"), ("user", "u")]));
        assert_eq!(pairs("postgres://a@b@c/d"), expected(&[("dbname", "d"), ("host", "c"), ("user", "a@b")]));
    }

    #[test]
    fn keywords() {
        assert_eq!(pairs("host = h  dbname=d"), expected(&[("dbname", "d"), ("host", "h")]));
        let quoted = r"password='it\'s a \\ secret' user=a\ b options=''";
        let parts = [("options", ""), ("password", r"it's a \ secret"), ("user", "a b")];
        assert_eq!(pairs(quoted), expected(&parts));
    }

    /// What is not understood is said without what may be a password.
    #[test]
    fn nonsense() {
        for text in [
            "runs.db",
            "postgres://u:secret/x@host/db",
            "postgres://u:secret#x@host/db",
            "postgres://[::1",
            "postgres://h?secret",
            "postgres://h?colour=secret",
            "postgres://h/%ff",
            "postgres://h/%00",
            "host=h secret",
            "host='secret",
            "=secret",
        ] {
            let Err(error) = read(text) else { panic!("{text}") };
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
