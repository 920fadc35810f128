//! The password that a `.pgpass` file has: `host:port:database:user:password`, a line each.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What is connected to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Login<'a> {
    pub(super) host: &'a str,
    pub(super) port: &'a str,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The password for the first of some logins that the file has one for. A file that others may read is passed over with a warning.
pub(super) fn password(path: &Path, logins: &[Login<'_>]) -> Option<String> {
    let text = read(path)?;
    logins.iter().find_map(|login| find(&text, login))
}

/// Where the file is, unless something else is said.
pub(super) fn path(home: Option<&str>) -> Option<PathBuf> {
    home.map(|home| Path::new(home).join(".pgpass"))
}

fn read(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    let shown = path.display();
    if !metadata.is_file() {
        tracing::warn!("the password file `{shown}` is no file and is ignored");
        return None;
    }
    if is_open_to_others(&metadata) {
        tracing::warn!(
            "the password file `{shown}` may be read by others and is ignored; `chmod 600 {shown}` puts that right"
        );
        return None;
    }
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) => Some(text),
        Err(error) => {
            tracing::warn!("the password file `{shown}` cannot be read and is ignored: {error}");
            None
        }
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

fn find(text: &str, login: &Login<'_>) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| matching(line, login))
}

/// The password of a line, where that is for a login.
fn matching(line: &str, login: &Login<'_>) -> Option<String> {
    let (host, rest) = field(line)?;
    let (port, rest) = field(rest)?;
    let (database, rest) = field(rest)?;
    let (user, rest) = field(rest)?;
    let (password, _) = field(rest).unwrap_or_else(|| (unescaped(rest), ""));
    let is_host = is(&host, login.host) || (login.host.starts_with('/') && host == "localhost");
    let is_it = is_host && is(&port, login.port) && is(&database, login.database) && is(&user, login.user);
    is_it.then_some(password)
}

fn is(pattern: &str, value: &str) -> bool {
    pattern == "*" || pattern == value
}

/// What stands before the next `:` that has no `\` before it, and what comes after that.
fn field(text: &str) -> Option<(String, &str)> {
    let mut is_escaped = false;
    let end = text.char_indices().find(|(_, character)| {
        let is_end = *character == ':' && !is_escaped;
        is_escaped = *character == '\\' && !is_escaped;
        is_end
    });
    let (end, _) = end?;
    Some((unescaped(&text[..end]), &text[end + 1..]))
}

fn unescaped(text: &str) -> String {
    let (mut plain, mut characters) = (String::new(), text.chars());
    while let Some(character) = characters.next() {
        plain.push(if character == '\\' { characters.next().unwrap_or(character) } else { character });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r"# host:port:database:user:password
#*:*:*:*:commented
db.example:5432:runs:alice:for \: alice \\ only
[bad line
db.example:*:runs:*:for others: and a remark
localhost:5432:*:bob:socket
with\:colon:*:*:*:escaped
*:*:*:eve:anywhere
";

    fn found(host: &str, port: &str, database: &str, user: &str) -> Option<String> {
        find(TEXT, &Login { host, port, database, user })
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        for (login, password) in [
            (["db.example", "5432", "runs", "alice"], Some(r"for : alice \ only")),
            (["db.example", "5433", "runs", "alice"], Some("for others")),
            (["db.example", "5432", "other", "alice"], None),
            (["localhost", "5432", "x", "bob"], Some("socket")),
            (["/var/run/postgresql", "5432", "x", "bob"], Some("socket")),
            (["/var/run/postgresql", "5432", "x", "carol"], None),
            (["with:colon", "1", "x", "carol"], Some("escaped")),
            (["elsewhere", "1", "x", "eve"], Some("anywhere")),
        ] {
            let [host, port, database, user] = login;
            assert_eq!(found(host, port, database, user).as_deref(), password, "{login:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_ignored() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".pgpass");
        std::fs::write(&path, TEXT).unwrap();
        let login = [Login { host: "elsewhere", port: "1", database: "x", user: "eve" }];
        for (mode, found) in [(0o640, None), (0o604, None), (0o600, Some("anywhere"))] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(password(&path, &login).as_deref(), found, "{mode:o}");
        }
        assert_eq!(password(folder.path(), &login), None);
        assert_eq!(password(&folder.path().join("none"), &login), None);
    }
}
