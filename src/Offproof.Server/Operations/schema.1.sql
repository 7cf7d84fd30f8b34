-- protocol.md §9. Keys and hashes are 64 lower-case hexadecimal digits, times are seconds since 1970.

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    sheet   TEXT NOT NULL                    -- JWK
) WITHOUT ROWID;

CREATE TABLE devices (
    account TEXT NOT NULL REFERENCES accounts,
    device  TEXT NOT NULL,
    jwk     TEXT NOT NULL,
    PRIMARY KEY (account, device)
) WITHOUT ROWID;

CREATE INDEX devices_by_key ON devices (device);

-- Everything signed, in the order received. seq 0 is the certificate, from which a device's chain hangs.
CREATE TABLE records (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    account  TEXT NOT NULL,
    device   TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    hash     TEXT NOT NULL,
    compact  TEXT NOT NULL,
    receipt  TEXT NOT NULL,
    received INTEGER NOT NULL,
    UNIQUE (account, device, seq),
    UNIQUE (account, device, hash),
    FOREIGN KEY (account, device) REFERENCES devices
);

CREATE TABLE vaults (
    account     TEXT NOT NULL,
    device      TEXT NOT NULL,
    category    TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('on', 'kept', 'erased')),
    grant_hash  TEXT NOT NULL,
    config      TEXT NOT NULL,
    key         TEXT NOT NULL,
    sealed      TEXT NOT NULL,
    PRIMARY KEY (account, device, category, epoch),
    FOREIGN KEY (account, device) REFERENCES devices
) WITHOUT ROWID;

-- A token is known by its SHA-256 only. category is NULL in a recovery token.
CREATE TABLE tokens (
    hash     BLOB PRIMARY KEY,
    account  TEXT NOT NULL,
    holder   TEXT NOT NULL,
    device   TEXT,
    category TEXT,
    epoch    INTEGER,
    adds     INTEGER NOT NULL,
    expires  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX tokens_by_end ON tokens (expires);

CREATE TABLE nonces (
    nonce   BLOB PRIMARY KEY,
    expires INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX nonces_by_end ON nonces (expires);

CREATE TABLE locks (
    account  TEXT NOT NULL,
    device   TEXT NOT NULL,
    category TEXT NOT NULL,
    epoch    INTEGER NOT NULL,
    name     TEXT NOT NULL,
    holder   TEXT NOT NULL,
    PRIMARY KEY (account, device, category, epoch, name)
) WITHOUT ROWID;
