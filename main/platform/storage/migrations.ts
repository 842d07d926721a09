/** Each entry takes the database one version further; entries are only ever added. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX events_by_stream ON events (stream, position);
  CREATE TRIGGER events_never_change BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
  CREATE TABLE documents (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (collection, key)
  ) STRICT;
  `,
  `
  CREATE TABLE ledger (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    target TEXT NOT NULL,
    address TEXT,
    port INTEGER,
    decision TEXT NOT NULL,
    rule TEXT NOT NULL,
    bytes_in INTEGER NOT NULL,
    bytes_out INTEGER NOT NULL,
    is_ended INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX ledger_by_time ON ledger (at);
  `,
  `
  CREATE TABLE audit_entries (
    sequence INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    uptime INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    outcome TEXT NOT NULL,
    subject TEXT,
    details TEXT,
    hash BLOB NOT NULL,
    mac BLOB NOT NULL
  ) STRICT;
  CREATE TABLE audit_seals (
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    hash BLOB NOT NULL,
    mac BLOB NOT NULL,
    signature BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_seals_by_sequence ON audit_seals (sequence);
  CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit entries never change'); END;
  CREATE TRIGGER audit_entries_only_rotate BEFORE DELETE ON audit_entries
    WHEN OLD.sequence > ifnull((SELECT max(sequence) FROM audit_seals WHERE reason = 'rotation'), 0)
    BEGIN SELECT RAISE(ABORT, 'audit entries go only by rotation'); END;
  CREATE TRIGGER audit_seals_never_change BEFORE UPDATE ON audit_seals BEGIN SELECT RAISE(ABORT, 'audit seals never change'); END;
  CREATE TRIGGER audit_seals_only_rotate BEFORE DELETE ON audit_seals
    WHEN OLD.sequence >= ifnull((SELECT max(sequence) FROM audit_seals WHERE reason = 'rotation'), 0)
    BEGIN SELECT RAISE(ABORT, 'audit seals go only by rotation'); END;
  `,
]
