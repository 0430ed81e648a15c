/** API keys over a store: told once, known by their hash, and no good from the moment on which they are revoked or expire. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryStore } from "@mycroft/runtime";
import { callerOfKey, createKey, isKeyGood, keyLimits, listKeys, revokeKey } from "./api-keys.ts";

const start = Date.parse("2026-01-01T00:00:00Z");
const dayMs = 86_400_000;

describe("an API key", () => {
  it("is told once: what is kept and listed does not have it", async () => {
    const store = new MemoryStore();
    const { key, id } = await createKey(store, { name: " desk ", role: "operator" }, start);
    assert.match(key, /^myk_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/u);
    const { documents } = await store.listDocuments("api-keys", { limit: 10 });
    assert.ok(!JSON.stringify(documents).includes(key.slice(17)));
    const view = {
      ...{ id, name: "desk", role: "operator", createdAt: "2026-01-01T00:00:00.000Z" },
      ...{ expiresAt: null, lastUsedAt: null },
    };
    assert.deepEqual(await listKeys(store), [view]);
    const caller = await callerOfKey(store, key, start);
    assert.deepEqual(caller, { role: "operator", name: "desk", by: "key", id, expiresAt: null });
  });

  it("says when it was last used, to the hour", async () => {
    const store = new MemoryStore();
    const { key, id } = await createKey(store, { name: "a", role: "viewer" }, start);
    const lastUse = async () => (await listKeys(store)).find((one) => one.id === id)?.lastUsedAt;
    const revision = async () => (await store.getDocument("api-keys", id))?.revision;
    await callerOfKey(store, key, start + 1_000);
    assert.equal(await lastUse(), "2026-01-01T00:00:01.000Z");
    const before = await revision();
    await callerOfKey(store, key, start + 3_000_000);
    assert.equal(await revision(), before, "a use soon after is not written");
    await callerOfKey(store, key, start + 2 * 3_600_000);
    assert.equal(await lastUse(), "2026-01-01T02:00:00.000Z");
  });

  it("is no good once it is revoked, and is not brought back by a use at the same moment", async () => {
    const store = new MemoryStore();
    const { key, id } = await createKey(store, { name: "a", role: "viewer" }, start);
    const [, found] = await Promise.all([revokeKey(store, id), callerOfKey(store, key, start)]);
    assert.ok(found === null || found.id === id);
    assert.equal(await callerOfKey(store, key, start), null);
    assert.equal(await isKeyGood(store, id, start), false);
    await assert.rejects(revokeKey(store, id), { code: "NOT_FOUND" });
    assert.deepEqual(await listKeys(store), []);
  });

  it("is no good from the moment on which it expires", async () => {
    const store = new MemoryStore({ now: () => start });
    const { key, id } = await createKey(store, { name: "a", role: "viewer", expiresInDays: 2 }, start);
    const end = start + 2 * dayMs;
    assert.notEqual(await callerOfKey(store, key, end - 1), null);
    assert.equal(await callerOfKey(store, key, end), null);
    assert.deepEqual([await isKeyGood(store, id, end - 1), await isKeyGood(store, id, end)], [true, false]);
  });

  it("has a name of a length that can be shown, and there are not too many", async () => {
    const store = new MemoryStore();
    for (const name of ["", "  ", "x".repeat(keyLimits.nameLength + 1)])
      await assert.rejects(createKey(store, { name, role: "viewer" }, start), { code: "INPUT_INVALID" });
    const { id } = await createKey(store, { name: "first", role: "viewer" }, start);
    const value = (await store.getDocument("api-keys", id))?.value;
    assert.ok(value !== undefined);
    for (let count = 1; count < keyLimits.keys; count += 1) {
      const copy = String(count).padStart(12, "0");
      await store.putDocument({ collection: "api-keys", id: copy, replaces: 0, value });
    }
    await assert.rejects(createKey(store, { name: "one more", role: "viewer" }, start), {
      code: "LIMIT_EXCEEDED",
    });
  });
});
