import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { MycroftError } from "@mycroft/errors";
import { hasCode } from "../testing/has-code.ts";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import {
  flushAll,
  keysOf,
  type PrivateRedis,
  startPrivateRedis,
  whyNoRedis,
} from "../testing/private-redis.ts";
import { examineRedisServer } from "./claim-redis.ts";
import { type ClusterOptions, connectCluster, connectClusterStore } from "./connect-cluster.ts";
import { findIdentity } from "./store-identity.ts";

describe("connecting to a cluster", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  let postgres: PostgresServer;
  let redis: PrivateRedis;
  before(async () => {
    [postgres, redis] = await Promise.all([
      startPostgres(),
      startPrivateRedis({ "maxmemory-policy": "allkeys-lru" }),
    ]);
  });
  after(async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  });

  const connect = (more: Partial<ClusterOptions> = {}) =>
    connectCluster({
      store: postgres.url,
      queue: redis.url,
      acceptsLoss: true,
      onWarning: () => {},
      ...more,
    });
  const identityOf = async (cluster: string) => {
    const { store, close } = await connectClusterStore({ store: postgres.url, cluster, acceptsLoss: true });
    const identity = await findIdentity(store);
    await close();
    return identity;
  };

  test("what is sent through one cluster is not seen in another on the same servers", async () => {
    const [one, other] = await Promise.all([connect({ cluster: "one" }), connect({ cluster: "other" })]);
    const message = { runId: "r", task: "t", attempt: 1, pool: "default", priority: 0 };
    await one.queue.publish([message]);
    await one.bus.publish("news", { key: "k", body: 1 });
    await one.store.putDocument({ collection: "things", id: "a", replaces: 0, value: 1 });
    assert.deepEqual([await one.queue.depth("default"), await other.queue.depth("default")], [1, 0]);
    assert.equal(await other.store.getDocument("things", "a"), undefined);
    assert.notEqual(await identityOf("one"), await identityOf("other"));
    assert.equal((await keysOf(redis, "other:")).filter((key) => key.includes("news")).length, 0);
    await Promise.all([one.close(), other.close()]);
    await assert.rejects(one.store.now(), hasCode("STORE_CLOSED"));
    await assert.rejects(one.queue.depth("default"), hasCode("QUEUE_CLOSED"));
  });

  test("a Redis that works for another store is refused, until it has forgotten that store", async () => {
    await (await connect({ cluster: "shared" })).close();
    await postgres.query("CREATE DATABASE second");
    const store = postgres.url.replace(/postgres$/u, "second");
    await assert.rejects(connect({ cluster: "shared", store }), hasCode("CLUSTER_MISMATCH"));
    const { owner } = await examineRedisServer({ url: redis.url, cluster: "shared", onWarning: () => {} });
    assert.equal(owner, await identityOf("shared"));
    // The bus's Redis is looked at as the queue's is.
    const elsewhere = await startPrivateRedis();
    const other = { cluster: "shared", store, queue: elsewhere.url };
    await assert.rejects(connect({ ...other, bus: redis.url }), hasCode("CLUSTER_MISMATCH"));
    await flushAll(redis);
    await (await connect({ ...other, bus: redis.url })).close();
    await elsewhere.stop();
  });

  test("P4 a Redis that may forget messages is told of, once for all connections", async () => {
    const warnings: MycroftError[] = [];
    const cluster = await connect({ cluster: "warned", onWarning: (warning) => warnings.push(warning) });
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ["SERVER_UNFIT"],
    );
    await cluster.close();
  });

  test("of processes that connect first at the same moment, all know the store by one identity", async () => {
    const clusters = await Promise.all([1, 2, 3, 4].map(() => connect({ cluster: "rush" })));
    const { owner } = await examineRedisServer({ url: redis.url, cluster: "rush", onWarning: () => {} });
    assert.equal(owner, await identityOf("rush"));
    await Promise.all(clusters.map((cluster) => cluster.close()));
  });

  test("P7 a name that is none, and servers that are not there, are refused with nothing left open", async () => {
    for (const cluster of ["", "1st", "a.b", "pg_x", "x".repeat(41)]) {
      await assert.rejects(connect({ cluster }), hasCode("HOST_INVALID"), cluster);
    }
    await assert.rejects(connect({ queue: "redis://127.0.0.1:1/0" }), hasCode("SERVER_UNREACHABLE"));
    await assert.rejects(connect({ store: "postgres://me@127.0.0.1:1/x" }), hasCode("STORE_UNREACHABLE"));
    await assert.rejects(connect({ bus: "http://x" }), hasCode("INPUT_INVALID"));
  });
});
