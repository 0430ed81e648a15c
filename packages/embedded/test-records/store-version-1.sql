-- A store of schema version 1, as the code of that version left it.
PRAGMA page_size = 4096;
PRAGMA application_id = 1299800946;
PRAGMA user_version = 1;
PRAGMA journal_mode = wal;

CREATE TABLE plans (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) WITHOUT ROWID;

CREATE TABLE origins (
    origin_no INTEGER PRIMARY KEY,
    plan_hash TEXT NOT NULL,
    provenance TEXT NOT NULL,
    data_hash TEXT,
    runs INTEGER NOT NULL,
    UNIQUE (plan_hash, provenance)
  );

CREATE INDEX origins_by_data_hash ON origins (data_hash) WHERE data_hash IS NOT NULL;

CREATE TABLE runs (
    run_no INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    origin_no INTEGER NOT NULL,
    status INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    status_at INTEGER NOT NULL
  );

CREATE INDEX runs_by_workflow ON runs (workflow, run_id);

CREATE INDEX runs_by_rare_status ON runs (status, run_id) WHERE status <> 3;

CREATE INDEX runs_by_settling ON runs (status_at) WHERE status > 2;

CREATE TABLE events (
    event_no INTEGER PRIMARY KEY,
    run_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT,
    artifact TEXT
  );

CREATE UNIQUE INDEX events_by_run ON events (run_no, seq);

CREATE TABLE artifacts (
    hash TEXT PRIMARY KEY,
    put_at INTEGER NOT NULL
  ) WITHOUT ROWID;

CREATE TABLE artifact_names (
    hash TEXT NOT NULL,
    run_no INTEGER NOT NULL,
    PRIMARY KEY (hash, run_no)
  ) WITHOUT ROWID;

CREATE INDEX artifact_names_by_run ON artifact_names (run_no);

INSERT INTO artifact_names VALUES ('a3f3337bdc2c65c2cd0e10fc7ff5a9da843f622056ee8efad786a8dee53b87d5', 1);
INSERT INTO artifact_names VALUES ('629e385058a70bffef5a7320b776f6c99e432149a9f4097ce42f1ccbd1b02060', 2);
INSERT INTO artifacts VALUES ('629e385058a70bffef5a7320b776f6c99e432149a9f4097ce42f1ccbd1b02060', 1795355684274);
INSERT INTO artifacts VALUES ('a3f3337bdc2c65c2cd0e10fc7ff5a9da843f622056ee8efad786a8dee53b87d5', 1795355684270);
INSERT INTO events VALUES (1, 1, 0, '{"type":"runStarted","at":1763800000000,"input":{"subject":"AAPL"}}', NULL);
INSERT INTO events VALUES (2, 2, 0, '{"type":"runStarted","at":1763800000000,"input":{"subject":"AAPL"}}', NULL);
INSERT INTO events VALUES (3, 3, 0, '{"type":"runStarted","at":1763800000000,"input":{"subject":"AAPL"}}', NULL);
INSERT INTO events VALUES (4, 4, 0, '{"type":"runStarted","at":1763800000000,"input":{"subject":"AAPL"}}', NULL);
INSERT INTO events VALUES (5, 5, 0, '{"type":"runStarted","at":1763800000000,"input":{"subject":"AAPL"}}', NULL);
INSERT INTO events VALUES (6, 1, 1, '{"type":"attemptSucceeded","at":1763800001000,"task":"trend","attempt":1,"output":{"it":"isn''t over","prices":"a3f3337bdc2c65c2cd0e10fc7ff5a9da843f622056ee8efad786a8dee53b87d5"},"report":{"startedAt":1763800000500,"worker":"worker-1","version":"1.2.3"}}', NULL);
INSERT INTO events VALUES (7, 2, 1, NULL, '629e385058a70bffef5a7320b776f6c99e432149a9f4097ce42f1ccbd1b02060');
INSERT INTO events VALUES (8, 3, 1, '{"type":"attemptFailed","at":1763800001000,"task":"trend","attempt":1,"error":{"code":"TASK_FAILED","message":"no luck","retryable":false}}', NULL);
INSERT INTO events VALUES (9, 5, 1, '{"type":"attemptSucceeded","at":1763800001000,"task":"trend","attempt":1,"output":null,"report":{"startedAt":1763800000500,"worker":"worker-1","version":"1.2.3"}}', NULL);
INSERT INTO origins VALUES (1, 'efaa9d1b2193174ba24d21a8594b9f7a3fac82944b6327067cc1003b6d101e0b', '{"codeVersion":"0.1.0+abc1234"}', NULL, 4);
INSERT INTO origins VALUES (2, 'efaa9d1b2193174ba24d21a8594b9f7a3fac82944b6327067cc1003b6d101e0b', '{"codeVersion":"0.1.0+abc1234","dataHash":"a3f3337bdc2c65c2cd0e10fc7ff5a9da843f622056ee8efad786a8dee53b87d5"}', 'a3f3337bdc2c65c2cd0e10fc7ff5a9da843f622056ee8efad786a8dee53b87d5', 1);
INSERT INTO plans VALUES ('efaa9d1b2193174ba24d21a8594b9f7a3fac82944b6327067cc1003b6d101e0b', '{"format":1,"hash":"efaa9d1b2193174ba24d21a8594b9f7a3fac82944b6327067cc1003b6d101e0b","workflow":{"name":"sample","input":{"type":"object"},"steps":[{"kind":"call","name":"trend","target":{"kind":"agent","name":"trend"},"input":{"kind":"input","path":["subject"]}}],"output":{"kind":"step","step":"trend","path":[]}}}');
INSERT INTO runs VALUES (1, 'running', 'sample', 1, 2, '2020-02-28', 1763800000000, 1763800000000);
INSERT INTO runs VALUES (2, 'succeeded', 'sample', 2, 3, '2020-02-28', 1763800000000, 1763800002000);
INSERT INTO runs VALUES (3, 'failed', 'another – ünïcode', 1, 4, '2020-02-28', 1763800000000, 1763800003000);
INSERT INTO runs VALUES (4, 'cancelled', 'sample', 1, 5, '2020-02-28', 1763800000000, 1763800004000);
INSERT INTO runs VALUES (5, 'old', 'sample', 1, 3, '2020-02-28', 1763800000000, 1000);
