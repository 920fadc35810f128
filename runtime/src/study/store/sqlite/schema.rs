//! The tables, and how a file of an earlier version gets them.

/// Each brings a file from the version of its position to the next one. What was released is never changed: a change is a
/// new entry.
pub(super) const MIGRATIONS: [&str; 4] = [STUDIES, VALUES, DIRECTION, ORIGIN];

/// The version of this crate's schema.
pub(super) const VERSION: i64 = MIGRATIONS.len().cast_signed() as i64;

const STUDIES: &str = "
CREATE TABLE spaces (
    id          INTEGER PRIMARY KEY,
    type_name   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outline     TEXT NOT NULL CHECK (json_valid(outline)),
    states      TEXT NOT NULL CHECK (json_valid(states))
) STRICT;

CREATE TABLE studies (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    space       INTEGER NOT NULL REFERENCES spaces,
    events      INTEGER NOT NULL DEFAULT 0,
    trials      INTEGER NOT NULL DEFAULT 0,
    done        INTEGER NOT NULL DEFAULT 0,
    failed      INTEGER NOT NULL DEFAULT 0,
    pruned      INTEGER NOT NULL DEFAULT 0,
    holder      TEXT,
    lease_until INTEGER,
    waiting     INTEGER NOT NULL DEFAULT 0,
    created     INTEGER NOT NULL,
    transfer    TEXT CHECK (json_valid(transfer)),
    insight     TEXT CHECK (json_valid(insight))
) STRICT;

CREATE TABLE trials (
    study     INTEGER NOT NULL REFERENCES studies,
    number    INTEGER NOT NULL,
    space     INTEGER NOT NULL REFERENCES spaces,
    phase     TEXT NOT NULL CHECK (phase IN ('queued', 'running', 'done', 'failed', 'pruned')),
    config    TEXT NOT NULL CHECK (json_valid(config)),
    trace     TEXT NOT NULL CHECK (json_valid(trace)),
    task      TEXT NOT NULL,
    log_prob  REAL NOT NULL,
    reward    REAL,
    error     TEXT,
    handed    INTEGER NOT NULL,
    failures  INTEGER NOT NULL,
    worker    TEXT,
    beat      INTEGER NOT NULL,
    started   INTEGER,
    ended     INTEGER,
    asked     INTEGER,
    learned   INTEGER,
    PRIMARY KEY (study, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX queued ON trials (study, number) WHERE phase = 'queued';
CREATE INDEX running ON trials (study, number) WHERE phase = 'running';
CREATE INDEX unlearned ON trials (study, ended, number)
    WHERE learned IS NULL AND phase IN ('done', 'failed', 'pruned');
CREATE INDEX first_unlearned ON trials (study, number) WHERE learned IS NULL;
CREATE UNIQUE INDEX asked ON trials (study, asked) WHERE asked IS NOT NULL;
CREATE UNIQUE INDEX learned ON trials (study, learned) WHERE learned IS NOT NULL;
CREATE INDEX best ON trials (study, reward DESC, number) WHERE phase = 'done';

CREATE TABLE snapshots (
    study INTEGER PRIMARY KEY REFERENCES studies,
    event INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
";

/// Intermediate values.
const VALUES: &str = "
CREATE TABLE reports (
    row    INTEGER PRIMARY KEY AUTOINCREMENT,
    study  INTEGER NOT NULL REFERENCES studies,
    trial  INTEGER NOT NULL,
    step   INTEGER NOT NULL,
    value  REAL NOT NULL,
    UNIQUE (study, trial, step) ON CONFLICT REPLACE
) STRICT;

CREATE INDEX reports_by_row ON reports (study, row);
";

/// Which rewards are better, and more of how a trial ended.
const DIRECTION: &str = "
ALTER TABLE studies ADD COLUMN direction TEXT NOT NULL DEFAULT 'maximize'
    CHECK (direction IN ('maximize', 'minimize'));
ALTER TABLE trials ADD COLUMN step INTEGER;
ALTER TABLE trials ADD COLUMN severity REAL;

CREATE INDEX lowest ON trials (study, reward, number) WHERE phase = 'done';
";

/// Which part of the searcher proposed a trial.
const ORIGIN: &str = "ALTER TABLE trials ADD COLUMN origin TEXT;";
