-- The schema of a store of version 2, as it is after all migrations: for reading, and for whoever works with the tables
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
  shard smallint NOT NULL,
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
-- no other (run-list.ts). A plus stands for runs that are nobody's child, which lie together.
CREATE INDEX runs_by_status
  ON runs ((status::text || CASE WHEN parent_run_id IS NULL THEN '+' ELSE '-' END || run_id));
CREATE INDEX runs_by_workflow
  ON runs ((workflow || chr(1) || CASE WHEN parent_run_id IS NULL THEN '+' ELSE '-' END || run_id));
CREATE INDEX runs_by_workflow_and_status
  ON runs ((workflow || chr(1) || status::text || CASE WHEN parent_run_id IS NULL THEN '+' ELSE '-' END || run_id));
CREATE INDEX runs_by_parent ON runs ((parent_run_id || ' ' || run_id)) WHERE parent_run_id IS NOT NULL;
CREATE INDEX runs_by_data ON runs (data_hash) WHERE data_hash IS NOT NULL;
-- What an orchestrator takes over.
CREATE INDEX runs_under_way ON runs (shard, run_id) WHERE status = 1;
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

-- What follows is for the processes that share the store. An offer is an attempt in flight, for whichever worker gets its
-- message. due_at is when its message is published again or, while a worker has it, when that one's lease ends; taken_at is
-- when somebody last took it, since it was due, to publish its message again; turn_at is when its agent may be called, as it
-- was told. A task's id is UTF-8, since it may hold what no text of Postgres can.
CREATE TABLE offers (
  shard smallint NOT NULL,
  attempt integer NOT NULL,
  deliveries integer NOT NULL DEFAULT 0,
  rate_calls integer,
  offered_at double precision NOT NULL,
  due_at double precision NOT NULL,
  priority double precision NOT NULL,
  rate_per_ms double precision,
  turn_at double precision,
  run_id text COLLATE "C" NOT NULL,
  task bytea NOT NULL,
  pool text COLLATE "C" NOT NULL,
  agent text COLLATE "C",
  worker text COLLATE "C",
  reason text,
  request text NOT NULL,
  taken_at double precision,
  PRIMARY KEY (shard, run_id, task, attempt)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_cost_delay = 0);
CREATE INDEX offers_by_due ON offers (due_at, shard);

-- What somebody tells a run that he does not advance himself.
CREATE TABLE letters (
  id text COLLATE "C" PRIMARY KEY,
  shard smallint NOT NULL,
  run_id text COLLATE "C" NOT NULL,
  body text NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- Who advances which runs, and until when he has said so.
CREATE TABLE shards (
  shard smallint PRIMARY KEY,
  owner text COLLATE "C",
  leased_until double precision NOT NULL
) WITH (fillfactor = 50);
INSERT INTO shards (shard, leased_until) SELECT shard, 0 FROM generate_series(0, 63) AS shard;

CREATE TABLE processes (
  name text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL,
  seen_at double precision NOT NULL,
  alive_until double precision NOT NULL,
  status text NOT NULL
);

-- When each agent that is limited in its rate may be called next, and the first turn that nobody was told of.
CREATE TABLE agent_rates (
  agent text COLLATE "C" PRIMARY KEY,
  opens_at double precision NOT NULL,
  next_turn_at double precision NOT NULL
);

-- Renews the owner's shards and takes free ones up to its share; gives those that it is to have now.
CREATE FUNCTION hold_shards(me text, lease_ms double precision) RETURNS SETOF smallint LANGUAGE plpgsql
  AS $$ DECLARE
    share integer;
    mine integer;
  BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT ceil(64.0 / count(*)) INTO share FROM (
      SELECT name FROM processes WHERE kind = 'orchestrator' AND alive_until > now_ms() UNION SELECT me) AS alive;
    UPDATE shards SET leased_until = now_ms() + lease_ms WHERE owner = me;
    GET DIAGNOSTICS mine = ROW_COUNT;
    IF mine < share THEN
      UPDATE shards SET owner = me, leased_until = now_ms() + lease_ms
      WHERE shard IN (
        SELECT free.shard FROM shards AS free
        WHERE (free.owner IS NULL OR free.leased_until <= now_ms()) AND free.owner IS DISTINCT FROM me
        ORDER BY free.shard LIMIT share - mine FOR UPDATE SKIP LOCKED);
    END IF;
    RETURN QUERY SELECT held.shard FROM shards AS held WHERE held.owner = me ORDER BY held.shard LIMIT share;
  END $$;

-- Claims an offer whose agent is limited in its rate: gives its request, or in how many milliseconds its turn is. Calls are
-- spaced evenly (the generic cell rate algorithm, ITU-T I.371, without tolerance). A turn only says when to come again: who
-- comes when the agent may be called may call it.
CREATE FUNCTION claim_limited(me text, lease_ms double precision, in_shard smallint, of_run text, of_task bytea,
    of_attempt integer, OUT request text, OUT again_in_ms double precision) LANGUAGE plpgsql
  AS $$ DECLARE
    offer offers%ROWTYPE;
    rate agent_rates%ROWTYPE;
    at double precision := now_ms();
    interval_ms double precision;
  BEGIN
    SELECT * INTO offer FROM offers WHERE shard = in_shard AND run_id = of_run AND task = of_task AND attempt = of_attempt
      AND rate_calls IS NOT NULL AND (worker IS NULL OR worker = me OR due_at <= at) FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    interval_ms := ceil(offer.rate_per_ms * 1000 / offer.rate_calls) / 1000;
    INSERT INTO agent_rates VALUES (offer.agent, at, at) ON CONFLICT DO NOTHING;
    SELECT * INTO rate FROM agent_rates WHERE agent = offer.agent FOR UPDATE;
    -- It may have been waited for the row meanwhile.
    at := extract(epoch FROM clock_timestamp())::double precision * 1000 + (at - extract(epoch FROM statement_timestamp())::double precision * 1000);
    IF rate.opens_at <= at THEN
      UPDATE agent_rates SET opens_at = at + interval_ms, next_turn_at = greatest(next_turn_at, at + interval_ms)
        WHERE agent = offer.agent;
      UPDATE offers SET worker = me, due_at = at + lease_ms, reason = NULL
        WHERE shard = in_shard AND run_id = of_run AND task = of_task AND attempt = of_attempt;
      request := offer.request;
      RETURN;
    END IF;
    IF offer.turn_at IS NULL OR offer.turn_at > at THEN
      offer.turn_at := greatest(rate.next_turn_at, rate.opens_at);
      UPDATE agent_rates SET next_turn_at = offer.turn_at + interval_ms WHERE agent = offer.agent;
      again_in_ms := offer.turn_at - at;
    ELSE
      again_in_ms := rate.opens_at - at;
    END IF;
    UPDATE offers SET worker = NULL, turn_at = offer.turn_at, due_at = at + again_in_ms + 60000
      WHERE shard = in_shard AND run_id = of_run AND task = of_task AND attempt = of_attempt;
  END $$;
