import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { HostConfig } from "@mycroft/sdk";
import { failsWith } from "../testing/assert-failure.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import {
  addressText,
  clusterText,
  placeText,
  readRecordPlace,
  requireCluster,
  requireQueue,
} from "./host-settings.ts";

const folder = temporaryFolder();
const usualFolder = join(folder.path, "usual");
const postgres = "postgres://me:s3cret@db:5432/runs";
const redis = "redis://:s3cret@cache:6379/0";

function read(
  options: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
  host: HostConfig = {},
) {
  return readRecordPlace({ options, env, host, directory: folder.path, usualFolder });
}

function cluster(...given: Parameters<typeof read>) {
  const place = read(...given);
  assert.equal(place.kind, "cluster");
  return requireCluster(place, "A test");
}

test("the command line comes before the environment, and that before the configuration, each setting by itself", () => {
  const env = { MYCROFT_STORE: "postgres://env/runs", MYCROFT_CLUSTER: "by-env" };
  const host = { store: "postgres://file/runs", queue: redis, cluster: "by-file" };
  assert.deepEqual(cluster({}, {}, host), {
    store: "postgres://file/runs",
    queue: redis,
    bus: null,
    name: "by-file",
  });
  assert.deepEqual(cluster({}, env, host), {
    store: "postgres://env/runs",
    queue: redis,
    bus: null,
    name: "by-env",
  });
  assert.deepEqual(cluster({ store: postgres, bus: "rediss://other" }, env, host), {
    store: postgres,
    queue: redis,
    bus: "rediss://other",
    name: "by-env",
  });
  assert.equal(cluster({ store: postgres }).name, "mycroft");
});

test("a store may be a folder, which --folder puts before whatever else is set", () => {
  const kept = folder.write("kept/.mycroft/mycroft.sqlite", "");
  const folderOf = (...given: Parameters<typeof read>) => placeText(read(...given));
  assert.equal(folderOf({}), usualFolder);
  assert.equal(folderOf({}, { MYCROFT_STORE: " " }), usualFolder, "set to nothing is not set");
  assert.equal(folderOf({ store: "new" }), join(folder.path, "new"));
  assert.equal(folderOf({ store: "kept" }), join(folder.path, "kept", ".mycroft"));
  assert.equal(folderOf({ store: kept }), join(folder.path, "kept", ".mycroft"));
  assert.equal(folderOf({ folder: "a" }, { MYCROFT_STORE: postgres }), join(folder.path, "a", ".mycroft"));
  assert.equal(
    folderOf({ store: "new" }, {}, { queue: redis }),
    join(folder.path, "new"),
    "of another store",
  );
  assert.throws(() => read({ folder: "a", queue: redis }), failsWith("USAGE", /--folder and --queue/u));
});

test("P7 settings that cannot be used are named, and no address is shown", () => {
  const wrong: readonly (readonly [...Parameters<typeof read>, RegExp])[] = [
    [{ queue: redis }, {}, {}, /^--queue needs a store on Postgres, and no store is set/u],
    [{}, { MYCROFT_BUS: redis }, {}, /^MYCROFT_BUS needs a store on Postgres/u],
    [
      { store: "x", cluster: "y" },
      {},
      {},
      /^--cluster needs a store on Postgres, and --store is no Postgres/u,
    ],
    [{ store: "mysql://:s3cret@db/x" }, {}, {}, /^--store is an address of another kind/u],
    [
      {},
      {},
      { store: postgres, queue: "amqp://:s3cret@x" },
      /^host\.queue of the configuration is no address of a Redis/u,
    ],
  ];
  for (const [options, env, host, mention] of wrong) {
    assert.throws(
      () => read(options, env, host),
      (thrown: unknown) => {
        assert.ok(thrown instanceof MycroftError);
        assert.equal(thrown.code, "HOST_INVALID");
        assert.match(thrown.message, mention);
        assert.doesNotMatch(JSON.stringify(thrown.toRecord()), /s3cret/u);
        return true;
      },
    );
  }
  assert.throws(() => requireCluster(read({}), "A worker"), failsWith("HOST_INVALID", /^A worker needs/u));
  assert.throws(
    () => requireQueue(cluster({ store: postgres })),
    failsWith("HOST_INVALID", /MYCROFT_QUEUE/u),
  );
});

test("an address is shown without user and password", () => {
  assert.equal(addressText(redis), "redis://cache:6379/0");
  assert.equal(clusterText(cluster({ store: postgres })), "postgres://db:5432/runs (cluster mycroft)");
  assert.equal(addressText("redis://:s3cret@[bad"), "an address that cannot be read");
});
