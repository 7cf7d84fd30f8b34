-- protocol.md §11-§13: invitations, quotas, suspension, the refusals that an owner sees.

ALTER TABLE accounts ADD COLUMN quota INTEGER;      -- bytes; NULL: what `serve --quota` says
ALTER TABLE accounts ADD COLUMN suspended INTEGER;  -- since when; NULL: not

-- An invitation is known by its SHA-256 only. account is NULL until it is used.
CREATE TABLE invitations (
    hash    BLOB PRIMARY KEY,
    quota   INTEGER,
    expires INTEGER NOT NULL,
    account TEXT
) WITHOUT ROWID;

-- category is '' and epoch 0 where a token or record has none: NULL would make every line its own.
CREATE TABLE refusals (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    account  TEXT NOT NULL REFERENCES accounts,
    minute   INTEGER NOT NULL,
    problem  TEXT NOT NULL,
    request  TEXT NOT NULL,
    holder   TEXT NOT NULL,
    category TEXT NOT NULL,
    epoch    INTEGER NOT NULL,
    count    INTEGER NOT NULL,
    UNIQUE (account, minute, problem, request, holder, category, epoch)
);
