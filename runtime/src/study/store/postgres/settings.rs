//! How a database is connected to: by what its address says, what the environment says where that is silent, and what holds otherwise.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{self, Said};
use super::passfile::{self, Login};
use super::{namespace, tls};
use crate::study::StoreError;

/// How a database is connected to.
#[derive(Clone)]
pub(super) struct Settings {
    /// What the store is called in messages: its address, without a password.
    pub(super) name: String,
    /// The schema that has the tables.
    pub(super) schema: String,
    /// Host and database, for the names of files.
    pub(super) place: String,
    pub(super) config: Config,
    /// None where the connection is not encrypted.
    pub(super) tls: Option<MakeRustlsConnect>,
    /// How long is waited for a connection.
    pub(super) patience: Duration,
}

/// What the environment has under a name.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variables of libpq that stand for keywords.
const VARIABLES: [(&str, &str); 9] = [
    ("application_name", "PGAPPNAME"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("dbname", "PGDATABASE"),
    ("host", "PGHOST"),
    ("password", "PGPASSWORD"),
    ("port", "PGPORT"),
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("user", "PGUSER"),
];

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection of which nothing was heard is asked for a sign after so long, and given up a minute after that.
const KEEPALIVES_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVES_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVES_COUNT: u32 = 6;
/// What was sent and is not acknowledged for so long means that the connection is gone.
const TCP_USER_TIMEOUT: Duration = Duration::from_mins(1);

impl Settings {
    pub(super) fn read(text: &str) -> Result<Self, StoreError> {
        Self::read_in(text, &|name| std::env::var(name).ok())
    }

    fn read_in(text: &str, environment: Environment<'_>) -> Result<Self, StoreError> {
        let unnamed = |advice| StoreError::Address { address: "postgres://..".to_owned(), advice };
        let said = address::read(text).map_err(unnamed)?;
        let asked = Asked { said, environment };
        let target = asked.target().map_err(unnamed)?;
        let name = target.name();
        asked.settings(target).map_err(|advice| StoreError::Address { address: name, advice })
    }
}

/// What is asked for, by the address and the environment.
struct Asked<'a> {
    said: Said,
    environment: Environment<'a>,
}

/// Which database it is.
struct Target {
    hosts: Vec<String>,
    ports: Vec<u16>,
    user: String,
    database: String,
    schema: String,
}

impl Asked<'_> {
    fn get(&self, keyword: &str) -> Option<String> {
        let variable = VARIABLES.iter().find(|(known, _)| *known == keyword).map(|(_, variable)| *variable);
        let said = self.said.get(keyword).map(str::to_owned);
        said.or_else(|| variable.and_then(self.environment)).filter(|value| !value.is_empty())
    }

    fn target(&self) -> Result<Target, String> {
        let ports = self.get("port").unwrap_or_default();
        let port = |port: &str| match port {
            "" => Ok(5432),
            port => port.parse().map_err(|_| "its port must be a number up to 65535".to_owned()),
        };
        let ports: Vec<u16> = ports.split(',').map(|text| port(text.trim())).collect::<Result<_, String>>()?;
        let hosts: Vec<String> = match self.get("host") {
            Some(hosts) => hosts.split(',').map(|host| or_here(host.trim(), ports[0])).collect(),
            None => vec![or_here("", ports[0])],
        };
        if ports.len() != 1 && ports.len() != hosts.len() {
            return Err("give one port for all of its hosts, or one for each".to_owned());
        }
        let ports = if ports.len() == 1 { vec![ports[0]; hosts.len()] } else { ports };
        let account = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| (self.environment)(name));
        let user = self.get("user").or(account).ok_or("say which user: `postgres://user@host/database`, or PGUSER")?;
        let database = self.get("dbname").unwrap_or_else(|| user.clone());
        let schema = self.get("schema").unwrap_or_else(|| namespace::DEFAULT.to_owned());
        if schema.len() > namespace::LONGEST {
            return Err(format!("the name of a schema has at most {} bytes", namespace::LONGEST));
        }
        Ok(Target { hosts, ports, user, database, schema })
    }

    fn settings(&self, target: Target) -> Result<Settings, String> {
        let patience = self.seconds("connect_timeout")?.unwrap_or(CONNECT_TIMEOUT);
        let mut config = Config::new();
        config.user(&target.user).dbname(&target.database).connect_timeout(patience);
        for (host, port) in target.hosts.iter().zip(&target.ports) {
            config.host(host).port(*port);
        }
        config.application_name(self.get("application_name").unwrap_or_else(|| "transfer-nas".to_owned()));
        self.get("options").map(|options| config.options(options).clone());
        self.get("password").or_else(|| self.password(&target)).map(|password| config.password(password).clone());
        self.network(&mut config)?;
        self.session(&mut config)?;
        let tls = self.tls(&target)?;
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        let attempts = u32::try_from(target.hosts.len()).unwrap_or(u32::MAX);
        Ok(Settings {
            name: target.name(),
            place: target.place(),
            schema: target.schema,
            config,
            tls,
            patience: patience.saturating_mul(attempts),
        })
    }

    fn password(&self, target: &Target) -> Option<String> {
        let said = self.get("passfile").or_else(|| (self.environment)("PGPASSFILE"));
        let home = (self.environment)("HOME");
        let path = said.map(PathBuf::from).or_else(|| passfile::path(home.as_deref()))?;
        let ports: Vec<String> = target.ports.iter().map(u16::to_string).collect();
        let (user, database) = (&*target.user, &*target.database);
        let places = target.hosts.iter().zip(&ports);
        let logins: Vec<Login<'_>> = places.map(|(host, port)| Login { host, port, database, user }).collect();
        passfile::password(&path, &logins)
    }

    fn network(&self, config: &mut Config) -> Result<(), String> {
        config.keepalives(self.number("keepalives")? != Some(0));
        config.keepalives_idle(self.seconds("keepalives_idle")?.unwrap_or(KEEPALIVES_IDLE));
        config.keepalives_interval(self.seconds("keepalives_interval")?.unwrap_or(KEEPALIVES_INTERVAL));
        config.keepalives_retries(self.number("keepalives_count")?.unwrap_or(KEEPALIVES_COUNT).max(1));
        let user_timeout = self.number("tcp_user_timeout")?.map(|millis| Duration::from_millis(millis.into()));
        config.tcp_user_timeout(user_timeout.unwrap_or(TCP_USER_TIMEOUT));
        Ok(())
    }

    fn session(&self, config: &mut Config) -> Result<(), String> {
        let attributes = self.one_of(
            "target_session_attrs",
            &[
                ("any", TargetSessionAttrs::Any),
                ("read-write", TargetSessionAttrs::ReadWrite),
                ("read-only", TargetSessionAttrs::ReadOnly),
            ],
        )?;
        let binding = self.one_of(
            "channel_binding",
            &[
                ("prefer", ChannelBinding::Prefer),
                ("disable", ChannelBinding::Disable),
                ("require", ChannelBinding::Require),
            ],
        )?;
        let balance = self.one_of(
            "load_balance_hosts",
            &[("disable", LoadBalanceHosts::Disable), ("random", LoadBalanceHosts::Random)],
        )?;
        config.target_session_attrs(attributes).channel_binding(binding).load_balance_hosts(balance);
        Ok(())
    }

    /// One of some values, the first where nothing is said.
    fn one_of<T: Copy>(&self, keyword: &str, values: &[(&str, T)]) -> Result<T, String> {
        let Some(said) = self.get(keyword) else { return Ok(values[0].1) };
        let known = values.iter().find(|(name, _)| *name == said).map(|(_, value)| *value);
        let names = || values.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        known.ok_or_else(|| format!("`{keyword}` must be one of {}", names()))
    }

    fn number(&self, keyword: &str) -> Result<Option<u32>, String> {
        let number = self.get(keyword).map(|value| value.trim().parse()).transpose();
        number.map_err(|_| format!("`{keyword}` must be a whole number"))
    }

    /// A number of seconds; 0 stands for a day.
    fn seconds(&self, keyword: &str) -> Result<Option<Duration>, String> {
        const DAY: u32 = 24 * 60 * 60;
        let seconds = |seconds| if seconds == 0 { DAY } else { seconds };
        Ok(self.number(keyword)?.map(|number| Duration::from_secs(seconds(number).into())))
    }

    fn tls(&self, target: &Target) -> Result<Option<MakeRustlsConnect>, String> {
        let is_here = target.hosts.iter().all(|host| is_this_machine(host));
        let said = self.get("sslmode");
        let mode = match said.as_deref() {
            None if is_here => tls::Mode::Disable,
            None => tls::Mode::VerifyFull,
            Some(word) => tls::Mode::read(word)?,
        };
        // Nobody listens in to a socket of this machine's file system, and there is no TLS over it.
        if mode == tls::Mode::Disable || target.hosts.iter().all(|host| host.starts_with('/')) {
            return Ok(None);
        }
        let root = self.get("sslrootcert");
        let home = (self.environment)("HOME");
        tls::connector(mode, root.as_deref(), home.as_deref().map(Path::new)).map(Some)
    }
}

/// The host, or, where none is said, the socket of a server of this machine, or `localhost`.
fn or_here(host: &str, port: u16) -> String {
    if !host.is_empty() {
        return host.to_owned();
    }
    let is_there = |folder: &&str| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists();
    let folder = ["/var/run/postgresql", "/tmp"].into_iter().find(is_there);
    folder.unwrap_or("localhost").to_owned()
}

fn is_this_machine(host: &str) -> bool {
    host.starts_with('/') || host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// What stands in a URL as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Target {
    /// The address, without a password.
    fn name(&self) -> String {
        let plain = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
        let host = |host: &str| if host.contains(':') { format!("[{host}]") } else { plain(host) };
        let hosts = self.hosts.iter().zip(&self.ports).map(|(name, port)| format!("{}:{port}", host(name)));
        let hosts = hosts.collect::<Vec<_>>().join(",");
        let name = format!("postgres://{}@{hosts}/{}", plain(&self.user), plain(&self.database));
        if self.schema == namespace::DEFAULT { name } else { format!("{name}?schema={}", plain(&self.schema)) }
    }

    /// Host, database and, where it is another one than usual, schema: what may stand in the name of a file.
    fn place(&self) -> String {
        let host = self.hosts.first().map(|host| host.trim_matches('/')).unwrap_or_default();
        let schema = (self.schema != namespace::DEFAULT).then_some(&*self.schema);
        let parts: Vec<&str> = [host, &self.database].into_iter().chain(schema).collect();
        let plain = |character: char| {
            let is_plain = character.is_ascii_alphanumeric() || "-._".contains(character);
            if is_plain { character } else { '_' }
        };
        parts.join("-").chars().map(plain).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Settings, StoreError> {
        let of_user = |name: &str| (name == "USER").then(|| "me".to_owned());
        let find =
            |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Settings::read_in(text, &|name| find(name).or_else(|| of_user(name)))
    }

    fn password(settings: &Settings) -> Option<&str> {
        settings.config.get_password().map(|password| std::str::from_utf8(password).unwrap())
    }

    #[test]
    fn a_store_is_called_by_its_address_without_a_password() {
        for (text, name, place) in [
            ("postgres://u:secret@localhost/db", "postgres://u@localhost:5432/db", "localhost-db"),
            ("postgres://localhost:77", "postgres://me@localhost:77/me", "localhost-me"),
            ("host=::1 dbname='a b' schema=x", "postgres://me@[::1]:5432/a%20b?schema=x", "__1-a_b-x"),
            ("postgres://u@/db?host=/tmp", "postgres://u@%2Ftmp:5432/db", "tmp-db"),
            ("host=127.0.0.1,127.0.0.2 port=1,2", "postgres://me@127.0.0.1:1,127.0.0.2:2/me", "127.0.0.1-me"),
        ] {
            let settings = read(text, &[]).unwrap();
            assert_eq!((&*settings.name, &*settings.place), (name, place));
        }
    }

    #[test]
    fn the_environment_says_what_the_address_does_not() {
        let environment = [
            ("PGHOST", "127.0.0.1"),
            ("PGPORT", "99"),
            ("PGUSER", "alice"),
            ("PGPASSWORD", "secret"),
            ("PGDATABASE", "runs"),
            ("PGAPPNAME", "night"),
            ("PGCONNECT_TIMEOUT", "3"),
        ];
        let settings = read("postgres://", &environment).unwrap();
        assert_eq!(settings.name, "postgres://alice@127.0.0.1:99/runs");
        assert_eq!(password(&settings), Some("secret"));
        assert_eq!(settings.config.get_application_name(), Some("night"));
        assert_eq!(settings.patience, Duration::from_secs(3));
        let settings = read("postgres://bob:other@localhost:1/x?connect_timeout=0", &environment).unwrap();
        assert_eq!(settings.name, "postgres://bob@localhost:1/x");
        assert_eq!(password(&settings), Some("other"));
        assert!(settings.patience > Duration::from_hours(1));
    }

    #[cfg(unix)]
    #[test]
    fn the_password_comes_from_the_password_file_otherwise() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".pgpass");
        std::fs::write(&path, "localhost:5432:db:me:from file\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let (home, file) = (folder.path().to_str().unwrap(), path.to_str().unwrap());
        let url = "postgres://localhost/db";
        for environment in [[("HOME", home)], [("PGPASSFILE", file)]] {
            assert_eq!(password(&read(url, &environment).unwrap()), Some("from file"));
        }
        assert_eq!(password(&read(&format!("{url}?passfile={file}"), &[]).unwrap()), Some("from file"));
        assert_eq!(password(&read("postgres://localhost/other", &[("HOME", home)]).unwrap()), None);
        assert_eq!(password(&read(url, &[("HOME", home), ("PGPASSWORD", "said")]).unwrap()), Some("said"));
    }

    #[test]
    fn connections_to_other_machines_are_encrypted() {
        for (text, is_encrypted) in [
            ("postgres://localhost", false),
            ("postgres://127.8.9.1", false),
            ("postgres://[::1]", false),
            ("postgres://%2Ftmp", false),
            ("postgres://%2Ftmp?sslmode=verify-full", false),
            ("postgres://localhost?sslmode=require", true),
            ("postgres://db.example?sslmode=disable", false),
            ("postgres://db.example?sslmode=require", true),
        ] {
            assert_eq!(read(text, &[]).unwrap().tls.is_some(), is_encrypted, "{text}");
        }
        let roots = [("PGSSLROOTCERT", "/no/such/file.pem")];
        for text in
            ["postgres://db.example", "postgres://localhost,db.example", "postgres://localhost?sslmode=verify-ca"]
        {
            let error = read(text, &roots).err().unwrap().to_string();
            assert!(error.contains("/no/such/file.pem"), "{error}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said_with_what_to_give() {
        for (text, advice) in [
            ("postgres://u:secret@h:secret", "its port must be a number up to 65535"),
            ("postgres://u:secret@h:1,g:2,f:/db?port=1,2", "one for each"),
            ("postgres://u:secret@h?sslmode=prefer", "`sslmode` cannot be `prefer` here; give `require`"),
            ("postgres://u:secret@h?sslmode=secret", "`sslmode` must be one of"),
            ("postgres://u:secret@localhost?target_session_attrs=secret", "`any`, `read-write`, `read-only`"),
            ("postgres://u:secret@localhost?connect_timeout=secret", "`connect_timeout` must be a whole number"),
            ("postgres://u:secret@localhost?colour=secret", "these are: application_name"),
            ("runs.db", "give `postgres://user@host/database`"),
        ] {
            let error = read(text, &[]).err().unwrap_or_else(|| panic!("{text}"));
            assert!(matches!(error, StoreError::Address { .. }), "{error}");
            let (said, shown) = (error.to_string(), format!("{error:?}"));
            assert!(said.contains(advice) && !said.contains("secret") && !shown.contains("secret"), "{said}");
        }
    }
}
