-- protocol.md §3.1 to §3.3: erasures, several devices, sheets that change.

-- root: the record hash of the certificate or admission that made it one, which the first link of its chain names. removed: when it was cut off.
ALTER TABLE devices ADD COLUMN root TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN removed INTEGER;
UPDATE devices SET root = (SELECT hash FROM records WHERE records.account = devices.account AND records.device = devices.device AND seq = 0);

-- The sheets after the first one, which stands in accounts. change: the record hash of the rotation or replacement.
CREATE TABLE sheets (
    account TEXT NOT NULL REFERENCES accounts,
    number  INTEGER NOT NULL,                -- succession
    sheet   TEXT NOT NULL UNIQUE,
    jwk     TEXT NOT NULL,
    change  TEXT NOT NULL,
    PRIMARY KEY (account, number)
) WITHOUT ROWID;

-- Everything signed, in the order received. seq is NULL in a sheet's record, which is no link of a chain.
CREATE TABLE records_3 (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    account  TEXT NOT NULL REFERENCES accounts,
    signer   TEXT NOT NULL,                  -- ACCOUNT or DEVICE
    seq      INTEGER,
    hash     TEXT NOT NULL,
    compact  TEXT NOT NULL,
    received INTEGER NOT NULL,
    UNIQUE (account, signer, seq),
    UNIQUE (account, hash)
);

INSERT INTO records_3 (number, account, signer, seq, hash, compact, received)
SELECT number, account, CASE seq WHEN 0 THEN account ELSE device END, NULLIF(seq, 0), hash, compact, received FROM records ORDER BY number;

-- In the order signed. A record may have none yet, one, or two.
CREATE TABLE receipts (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    record  INTEGER NOT NULL REFERENCES records_3,
    compact TEXT NOT NULL
);

INSERT INTO receipts (record, compact) SELECT number, receipt FROM records ORDER BY number;
CREATE INDEX receipts_by_record ON receipts (record);
DROP TABLE records;
ALTER TABLE records_3 RENAME TO records;

-- At most one that is pending for each account.
CREATE TABLE replacements (
    account TEXT PRIMARY KEY REFERENCES accounts,
    record  INTEGER NOT NULL REFERENCES records,
    device  TEXT NOT NULL,                   -- who signed it
    sheet   TEXT NOT NULL UNIQUE,
    jwk     TEXT NOT NULL,
    due     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX replacements_by_due ON replacements (due);

-- revoked: its revocation was taken. due and closing: the device's erasure that is to come; erasing: the sheet's.
-- 'erasing': decided, not yet deleted; a server that was killed then finishes at its next start (protocol.md §9).
CREATE TABLE vaults_3 (
    account     TEXT NOT NULL,
    device      TEXT NOT NULL,
    category    TEXT NOT NULL,
    epoch       INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('on', 'kept', 'closed', 'erasing', 'erased')),
    revoked     INTEGER NOT NULL DEFAULT 0,
    due         INTEGER,
    closing     INTEGER REFERENCES records,
    erasing     INTEGER REFERENCES records,
    grant_hash  TEXT NOT NULL,
    config      TEXT NOT NULL,
    key         TEXT NOT NULL,
    sealed      TEXT NOT NULL,
    CHECK ((state = 'closed') = (due IS NOT NULL)),
    PRIMARY KEY (account, device, category, epoch),
    FOREIGN KEY (account, device) REFERENCES devices
) WITHOUT ROWID;

INSERT INTO vaults_3 (account, device, category, epoch, state, revoked, grant_hash, config, key, sealed)
SELECT account, device, category, epoch, state, state <> 'on', grant_hash, config, key, sealed FROM vaults;
DROP TABLE vaults;
ALTER TABLE vaults_3 RENAME TO vaults;
CREATE INDEX vaults_by_due ON vaults (due) WHERE state = 'closed';
CREATE INDEX vaults_half_erased ON vaults (state) WHERE state = 'erasing';

CREATE INDEX tokens_by_holder ON tokens (account, holder);
