-- The schema of a store of version 1, as it is after all migrations: for reading, and for whoever works with the tables
-- by other means. A test holds it to what the migrations make.

CREATE TABLE mycroft_migrations (
  version integer PRIMARY KEY,
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- The store's clock, in milliseconds since the epoch: the server's, so that all machines have the same.
CREATE FUNCTION now_ms() RETURNS double precision LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT extract(epoch FROM statement_timestamp())::double precision * 1000 $$;

-- Fails the statement that asks, when somebody else was first.
CREATE FUNCTION expect_rows(counted bigint, expected bigint) RETURNS bigint LANGUAGE plpgsql
  AS $$ BEGIN
    IF counted <> expected THEN RAISE EXCEPTION 'somebody else was first' USING ERRCODE = 'MY001'; END IF;
    RETURN counted;
  END $$;

CREATE TABLE plans (
  hash text COLLATE "C" PRIMARY KEY,
  body text NOT NULL
);

-- Whoever creates runs takes their numbers in blocks.
CREATE SEQUENCE run_numbers INCREMENT BY 256;

-- Status is a code (run-status-code.ts); status_at is when the run was created or, once it has settled, when it did.
-- The count of events changes with each append: the room left in each page lets that touch no index.
CREATE TABLE runs (
  run_no bigint PRIMARY KEY,
  status smallint NOT NULL,
  events integer NOT NULL,
  created_at double precision NOT NULL,
  status_at double precision NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  workflow text COLLATE "C" NOT NULL,
  plan_hash text NOT NULL,
  as_of text NOT NULL,
  provenance text NOT NULL,
  data_hash text COLLATE "C",
  start_key text COLLATE "C",
  parent_run_id text COLLATE "C",
  parent text,
  forked_from text,
  tags text
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX runs_by_run_id ON runs (run_id);
CREATE UNIQUE INDEX runs_by_start_key ON runs (start_key) WHERE start_key IS NOT NULL;
-- What runs are listed by, as one text that ends with the run's id, so that each listing is a range of one index and of
-- no other (run-list.ts).
CREATE INDEX runs_by_status ON runs ((status::text || ' ' || run_id));
CREATE INDEX runs_by_workflow ON runs ((workflow || chr(1) || run_id));
CREATE INDEX runs_by_workflow_and_status ON runs ((workflow || chr(1) || status::text || ' ' || run_id));
CREATE INDEX runs_by_parent ON runs ((parent_run_id || ' ' || run_id)) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_by_data ON runs (data_hash) WHERE data_hash IS NOT NULL;
CREATE INDEX runs_by_settling ON runs (status_at, run_no) WHERE status > 1;

CREATE TABLE events (
  run_no bigint NOT NULL,
  seq integer NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (run_no, seq)
);

-- One row for each tag of a run. It holds what runs are listed by, so that no listing has to look at runs that it
-- does not list, however many have the tag.
CREATE TABLE run_tags (
  tag bytea NOT NULL,
  status smallint NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  workflow text COLLATE "C" NOT NULL,
  PRIMARY KEY (tag, status, run_id)
);
CREATE INDEX run_tags_by_workflow ON run_tags (tag, (workflow || chr(1) || status::text), run_id);

CREATE TABLE artifacts (
  hash text COLLATE "C" PRIMARY KEY,
  put_at double precision NOT NULL,
  body text NOT NULL
);
CREATE INDEX artifacts_by_time ON artifacts (put_at, hash);

-- Which runs name an artifact in an event.
CREATE TABLE artifact_names (
  hash text COLLATE "C" NOT NULL,
  run_no bigint NOT NULL,
  PRIMARY KEY (hash, run_no)
);
CREATE INDEX artifact_names_by_run ON artifact_names (run_no);

-- written_by is different for each write, so that whoever lost the answer to one can tell whether it was stored.
CREATE TABLE documents (
  collection text COLLATE "C" NOT NULL,
  id bytea NOT NULL,
  revision bigint NOT NULL,
  body text NOT NULL,
  expires_at double precision,
  written_by uuid NOT NULL,
  PRIMARY KEY (collection, id)
);
CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;
