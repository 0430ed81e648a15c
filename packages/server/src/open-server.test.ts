/** How the server begins and ends: at which port, and that what is in hand is finished while nothing new is taken. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { problem } from "@mycroft/protocol";
import { createKey } from "./access/api-keys.ts";
import type { Backend } from "./backend.ts";
import { openServer, usualPort } from "./open-server.ts";
import { openTestBackend, smallProject, type TestBackend } from "./testing/index.ts";

let held: TestBackend;
let key: string;
before(async () => {
  held = await openTestBackend({ project: smallProject() });
  ({ key } = await createKey(held.host.store, { name: "test", role: "viewer" }, Date.now()));
});
after(() => held.close());

/** A backend whose list of pools comes when the test lets it. */
function slowBackend(): { readonly backend: Backend; readonly asked: Promise<void>; answer(): void } {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const { controls } = held.backend;
  const listPools = async () => {
    asked.resolve();
    await answered.promise;
    return controls.listPools();
  };
  const backend = { ...held.backend, controls: { ...controls, listPools } };
  return { backend, asked: asked.promise, answer: answered.resolve };
}

describe("where it listens", () => {
  it("is the usual port, or the next that is free", async () => {
    const open = () => openServer({ backend: held.backend, listen: {}, webFolder: null });
    const servers = [await open(), await open()];
    try {
      const ports = servers.map(({ address }) => Number(new URL(address).port));
      assert.ok(ports.every((port) => port >= usualPort && port < usualPort + 20));
      assert.notEqual(ports[0], ports[1]);
    } finally {
      for (const server of servers) await server.close();
    }
  });

  it("is told in an address that can be opened, for IPv6 too", async (t) => {
    const server = await openServer({
      ...{ backend: held.backend, listen: { host: "::1", port: 0 }, webFolder: null },
    }).catch((error: { readonly code?: string }) => {
      if (error.code !== "INPUT_INVALID") throw error;
      t.skip("this machine has no IPv6");
      return null;
    });
    if (server === null) return;
    try {
      assert.equal((await fetch(`${server.address}/livez`)).status, 200);
    } finally {
      await server.close();
    }
  });
});

describe("closing", () => {
  it("finishes what is in hand, and takes nothing new on connections that are open", async () => {
    const { backend, asked, answer } = slowBackend();
    const server = await openServer({ backend, listen: { port: 0 }, webFolder: null });
    const headers = { authorization: `Bearer ${key}` };
    const inHand = fetch(`${server.address}/api/pools`, { headers });
    await asked;
    const closed = server.close(60_000);
    assert.equal(server.close(), closed, "closing twice is the same as closing once");
    await assert.rejects(fetch(`${server.address}/livez`), "nobody new comes in");
    answer();
    const response = await inHand;
    assert.equal(response.status, 200);
    await response.json();
    await closed;
  });

  it("refuses in our words what has not arrived whole by then", async () => {
    const server = await openServer({ backend: held.backend, listen: { port: 0 }, webFolder: null });
    const { hostname, port } = new URL(server.address);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write(`GET /api/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n`);
    // What comes later is answered: that has been read.
    await (await fetch(`${server.address}/livez`)).json();
    const closed = server.close(60_000);
    const heard = text(socket);
    socket.write("\r\n");
    const answer = await heard;
    assert.match(answer, /^HTTP\/1\.1 503 .*\r\nretry-after: 5\r\n/su);
    const { code, retryable } = problem.parse(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)));
    assert.deepEqual([code, retryable], ["SERVER_ENDING", true]);
    await closed;
  });

  it("ends streams, and hangs up on who does not go", async () => {
    const { backend, asked, answer } = slowBackend();
    const server = await openServer({ backend, listen: { port: 0 }, webFolder: null });
    const headers = { authorization: `Bearer ${key}` };
    const stream = await fetch(`${server.address}/api/updates`, { headers });
    const stuck = request(`${server.address}/api/pools`, { headers, agent: false });
    const hungUp = once(stuck, "error");
    stuck.end();
    await asked;
    await server.close(0);
    assert.match(await stream.text(), /^retry: /u);
    const [error] = await hungUp;
    assert.equal(error.code, "ECONNRESET");
    answer();
  });
});
