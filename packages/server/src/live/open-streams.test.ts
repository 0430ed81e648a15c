import assert from "node:assert/strict";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { MemoryStore } from "@mycroft/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Access } from "../access/access.ts";
import { callerOfKey, createKey, revokeKey } from "../access/api-keys.ts";
import { OpenStreams } from "./open-streams.ts";

/** A reply that is a stream: all that is asked of Fastify's. */
function replyOf(raw: ServerResponse): FastifyReply {
  return { raw, hijack: () => {}, getHeaders: () => ({}) } as unknown as FastifyReply;
}

describe("open streams", () => {
  it("end once the key that they were opened with is revoked, and no others do", async () => {
    const store = new MemoryStore();
    const access = new Access({ store, token: null, now: Date.now });
    const streams = new OpenStreams(access);
    const ended: string[] = [];
    const callers = new Map<string, { readonly id: string; readonly key: string }>();
    for (const name of ["kept", "revoked"])
      callers.set(name, await createKey(store, { name, role: "viewer" }, Date.now()));
    const server = createServer(async (request, raw) => {
      const name = request.url?.slice(1) ?? "";
      const caller = await callerOfKey(store, callers.get(name)?.key ?? "", Date.now());
      assert.ok(caller !== null);
      streams.open(caller, request as unknown as FastifyRequest, replyOf(raw), () => ended.push(name));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const opened = await Promise.all(
      [...callers.keys()].map(
        (name) =>
          new Promise<IncomingMessage>((resolve) => {
            get({ port, path: `/${name}`, agent: false }, resolve);
          }),
      ),
    );
    try {
      assert.equal(streams.count, 2);
      await streams.endUnwelcome();
      assert.deepEqual(ended, []);
      await revokeKey(store, callers.get("revoked")?.id ?? "");
      await streams.endUnwelcome();
      assert.deepEqual([ended, streams.count], [["revoked"], 1]);
      streams.close();
      assert.deepEqual([ended, streams.count], [["revoked", "kept"], 0]);
    } finally {
      for (const response of opened) response.destroy();
      server.close();
    }
  });
});
