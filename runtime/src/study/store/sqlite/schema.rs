//! The tables, and how a file of an earlier version gets them.

/// Each brings a file from the version of its position to the next one. What was released is never changed: a change is a
/// new entry.
pub(super) const MIGRATIONS: [&str; 7] = [STUDIES, VALUES, DIRECTION, ORIGIN, ATTEMPTS, NOTES, MEASURED];

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

/// Attempts, workers and a lease that are no matter of time; no checks and no strict tables, of which versions of SQLite think
/// differently.
const ATTEMPTS: &str = "
ALTER TABLE spaces RENAME TO old_spaces;
ALTER TABLE studies RENAME TO old_studies;
ALTER TABLE trials RENAME TO old_trials;
ALTER TABLE reports RENAME TO old_reports;
ALTER TABLE snapshots RENAME TO old_snapshots;

CREATE TABLE spaces (
    id          INTEGER PRIMARY KEY,
    type_name   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    outline     TEXT NOT NULL,
    states      TEXT NOT NULL
);

CREATE TABLE studies (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE,
    space     INTEGER NOT NULL REFERENCES spaces,
    direction TEXT NOT NULL DEFAULT 'maximize' CHECK (direction IN ('maximize', 'minimize')),
    events    INTEGER NOT NULL DEFAULT 0,
    trials    INTEGER NOT NULL DEFAULT 0,
    done      INTEGER NOT NULL DEFAULT 0,
    failed    INTEGER NOT NULL DEFAULT 0,
    pruned    INTEGER NOT NULL DEFAULT 0,
    holder    TEXT,
    epoch     INTEGER NOT NULL DEFAULT 0,
    beat      INTEGER NOT NULL DEFAULT 0,
    rules     TEXT,
    created   INTEGER NOT NULL,
    transfer  TEXT,
    insight   TEXT
);

CREATE TABLE trials (
    study     INTEGER NOT NULL REFERENCES studies,
    number    INTEGER NOT NULL,
    space     INTEGER NOT NULL REFERENCES spaces,
    phase     TEXT NOT NULL CHECK (phase IN ('queued', 'running', 'done', 'failed', 'pruned')),
    config    TEXT NOT NULL,
    trace     TEXT NOT NULL,
    task      TEXT NOT NULL,
    log_prob  REAL NOT NULL,
    origin    TEXT,
    reward    REAL,
    step      INTEGER,
    error     TEXT,
    severity  REAL,
    handed    INTEGER NOT NULL,
    attempt   INTEGER NOT NULL,
    failures  INTEGER NOT NULL,
    worker    TEXT,
    started   INTEGER,
    ended     INTEGER,
    asked     INTEGER,
    learned   INTEGER,
    PRIMARY KEY (study, number)
) WITHOUT ROWID;

CREATE TABLE attempts (
    study    INTEGER NOT NULL REFERENCES studies,
    trial    INTEGER NOT NULL,
    attempt  INTEGER NOT NULL,
    worker   TEXT NOT NULL,
    started  INTEGER,
    ended    INTEGER,
    end      TEXT NOT NULL CHECK (end IN ('lost', 'returned', 'done', 'failed', 'pruned')),
    reward   REAL,
    step     INTEGER,
    error    TEXT,
    severity REAL,
    PRIMARY KEY (study, trial, attempt)
) WITHOUT ROWID;

CREATE TABLE workers (
    study   INTEGER NOT NULL REFERENCES studies,
    name    TEXT NOT NULL,
    process TEXT,
    wants   INTEGER NOT NULL,
    beat    INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    PRIMARY KEY (study, name)
) WITHOUT ROWID;

CREATE TABLE reports (
    row     INTEGER PRIMARY KEY AUTOINCREMENT,
    study   INTEGER NOT NULL REFERENCES studies,
    trial   INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    step    INTEGER NOT NULL,
    value   REAL NOT NULL,
    UNIQUE (study, trial, attempt, step) ON CONFLICT REPLACE
);

CREATE TABLE snapshots (
    study INTEGER PRIMARY KEY REFERENCES studies,
    event INTEGER NOT NULL,
    bytes BLOB NOT NULL
);

INSERT INTO spaces SELECT id, type_name, fingerprint, outline, states FROM old_spaces;
INSERT INTO studies (id, name, space, direction, events, trials, done, failed, pruned, holder, epoch, created, transfer, insight)
    SELECT id, name, space, direction, events, trials,
        (SELECT COUNT(*) FROM old_trials t WHERE t.study = s.id AND phase = 'done' AND learned IS NOT NULL),
        (SELECT COUNT(*) FROM old_trials t WHERE t.study = s.id AND phase = 'failed' AND learned IS NOT NULL),
        (SELECT COUNT(*) FROM old_trials t WHERE t.study = s.id AND phase = 'pruned' AND learned IS NOT NULL),
        holder, 1, created, transfer, insight
    FROM old_studies s;
INSERT INTO trials
    SELECT study, number, space, phase, config, trace, task, log_prob, origin, reward, step, error, severity, handed, handed,
        failures, worker, started, ended, asked, learned
    FROM old_trials;
INSERT INTO reports
    SELECT row, r.study, trial, COALESCE((SELECT handed FROM old_trials t WHERE t.study = r.study AND t.number = r.trial), 1),
        r.step, value
    FROM old_reports r;
INSERT INTO snapshots SELECT study, event, bytes FROM old_snapshots;

DROP TABLE old_snapshots;
DROP TABLE old_reports;
DROP TABLE old_trials;
DROP TABLE old_studies;
DROP TABLE old_spaces;

CREATE INDEX queued ON trials (study, number) WHERE phase = 'queued';
CREATE INDEX running ON trials (study, number) WHERE phase = 'running';
CREATE INDEX unlearned ON trials (study, number, phase)
    WHERE learned IS NULL AND phase IN ('done', 'failed', 'pruned');
CREATE INDEX first_unlearned ON trials (study, number) WHERE learned IS NULL;
CREATE UNIQUE INDEX asked ON trials (study, asked) WHERE asked IS NOT NULL;
CREATE UNIQUE INDEX learned ON trials (study, learned) WHERE learned IS NOT NULL;
CREATE INDEX best ON trials (study, space, reward DESC, number) WHERE phase = 'done';
CREATE INDEX lowest ON trials (study, space, reward, number) WHERE phase = 'done';
CREATE INDEX enqueued ON trials (study, config) WHERE asked IS NULL;
CREATE INDEX reports_by_row ON reports (study, row);
";

/// What attempts have people know, and why nothing further is proposed.
const NOTES: &str = "
ALTER TABLE studies ADD COLUMN ending TEXT;

CREATE TABLE notes (
    study   INTEGER NOT NULL REFERENCES studies,
    trial   INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (study, trial, attempt, key)
) WITHOUT ROWID;
";

/// Several objectives, and what has limits, as JSON.
const MEASURED: &str = "
ALTER TABLE studies ADD COLUMN objectives TEXT;
ALTER TABLE trials ADD COLUMN measured TEXT;
ALTER TABLE attempts ADD COLUMN measured TEXT;
";
