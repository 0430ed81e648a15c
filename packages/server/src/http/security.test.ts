/** One test for each rule of security: what a hostile page, name, network or reader of logs must not be able to do. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { apiRoutes, problem } from "@mycroft/protocol";
import { MemoryStore } from "@mycroft/runtime";
import { createKey } from "../access/api-keys.ts";
import { openServer } from "../open-server.ts";
import { cookiesOf, openTestServer, rawRequest, smallProject, type TestServer } from "../testing/index.ts";

let place: TestServer;
let origin: string;
before(async () => {
  place = await openTestServer({ project: smallProject(), publicHosts: ["desk.example"] });
  origin = place.server.address;
});
after(() => place.close());

const codeOf = ({ body }: { readonly body: string }) => problem.parse(JSON.parse(body)).code;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const token = () => new URL(place.server.signInUrl).searchParams.get("token") ?? "";

async function signedIn(): Promise<string> {
  return cookiesOf(await rawRequest(origin, `/?token=${token()}`));
}

describe("names (DNS rebinding)", () => {
  for (const name of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0x7f.1"]) {
    it(`refuses to go by ${JSON.stringify(name)}, whatever is asked`, async () => {
      for (const path of ["/", "/livez", "/api/session", "/docs", "/nowhere"]) {
        const answer = await rawRequest(origin, path, {
          headers: { host: name, ...bearer(place.keys.admin) },
        });
        assert.deepEqual([answer.status, codeOf(answer)], [421, "HOST_REFUSED"], path);
      }
    });
  }

  for (const name of [
    "localhost",
    "LOCALHOST:1",
    "127.0.0.1:80",
    "[::1]:8421",
    "desk.example",
    "Desk.Example:443",
  ])
    it(`goes by ${name}`, async () => {
      const answer = await rawRequest(origin, "/livez", { headers: { host: name } });
      assert.equal(answer.status, 200);
    });
});

describe("pages of other sites (CSRF)", () => {
  const foreign: readonly Readonly<Record<string, string>>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const headers of foreign) {
    it(`change nothing and follow nothing: ${JSON.stringify(headers)}`, async () => {
      const cookie = await signedIn();
      const change = await rawRequest(origin, "/api/keys", {
        ...{ method: "POST", body: JSON.stringify({ name: "theirs", role: "admin" }) },
        headers: { ...headers, cookie, "content-type": "application/json" },
      });
      assert.deepEqual([change.status, codeOf(change)], [403, "ORIGIN_REFUSED"]);
      const stream = await rawRequest(origin, "/api/updates", { headers: { ...headers, cookie } });
      assert.deepEqual([stream.status, codeOf(stream)], [403, "ORIGIN_REFUSED"]);
      const { keys } = apiRoutes.listKeys.response.parse(await (await place.ask("/api/keys")).json());
      assert.ok(keys.every(({ name }) => name !== "theirs"));
    });
  }

  it("are told nothing by CORS", async () => {
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    for (const method of ["OPTIONS", "GET"]) {
      const answer = await rawRequest(origin, "/api/session", { method, headers });
      assert.ok(Object.keys(answer.headers).every((name) => !name.startsWith("access-control-")));
    }
  });

  it("cannot send a form: only what says that it is JSON is read", async () => {
    const cookie = await signedIn();
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]) {
      const answer = await rawRequest(origin, "/api/keys", {
        ...{ method: "POST", body: '{"name":"x","role":"admin"}' },
        headers: { cookie, "content-type": type, origin },
      });
      assert.deepEqual([answer.status, codeOf(answer)], [415, "INPUT_INVALID"], type);
    }
  });

  it("are not our own, which may", async () => {
    const cookie = await signedIn();
    const answer = await rawRequest(origin, "/api/schedules/nightly/pause", {
      ...{ method: "POST", headers: { cookie, origin, "sec-fetch-site": "same-origin" } },
    });
    assert.equal(answer.status, 200);
  });
});

describe("the token of the start", () => {
  it("becomes a cookie that no script and no other site can use, at an address without it", async () => {
    const answer = await rawRequest(origin, `/runs/r1?tab=events&token=${token()}`);
    assert.deepEqual([answer.status, answer.headers.location], [303, "/runs/r1?tab=events"]);
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    const [, ...flags] = cookie.split("; ");
    assert.deepEqual(flags.map((flag) => flag.replace(/=\d+$/u, "=N")).sort(), [
      "HttpOnly",
      "Max-Age=N",
      "Path=/",
      "SameSite=Lax",
    ]);
    assert.equal(answer.headers["referrer-policy"], "no-referrer");
    assert.equal(answer.headers["cache-control"], "no-store");
    const session = await rawRequest(origin, "/api/session", { headers: { cookie: cookiesOf(answer) } });
    const { role, by } = apiRoutes.getSession.response.parse(JSON.parse(session.body));
    assert.deepEqual([role, by], ["admin", "session"]);
  });

  it("sends nobody to another site", async () => {
    for (const path of ["//evil.example/", "/%2F%2Fevil.example/", "/\\evil.example", "///evil.example"]) {
      const { headers, status } = await rawRequest(origin, `${path}?token=${token()}`);
      if (status !== 303) continue;
      assert.equal(new URL(headers.location ?? "", origin).origin, origin, path);
    }
  });

  it("asks for TLS where the page came over TLS", async () => {
    const answer = await rawRequest(origin, "/api/session", {
      ...{ method: "POST", body: JSON.stringify({ secret: token() }) },
      headers: { host: "desk.example", origin: "https://desk.example", "content-type": "application/json" },
    });
    assert.equal(answer.status, 200);
    assert.match(answer.headers["set-cookie"]?.[0] ?? "", /; Secure/u);
  });

  it("is another one with each start, and a session outlasts it", async () => {
    const cookie = (await signedIn()).replace(/^[^=]*=/u, "");
    const second = await openServer({ backend: place.backend, listen: { port: 0 }, webFolder: null });
    try {
      assert.notEqual(new URL(second.signInUrl).searchParams.get("token"), token());
      const old = await rawRequest(second.address, `/?token=${token()}`);
      assert.deepEqual([old.headers.location, old.headers["set-cookie"]], ["/sign-in", undefined]);
      const name = `mycroft-session-${new URL(second.address).port}`;
      const { body } = await rawRequest(second.address, "/api/session", {
        headers: { cookie: `${name}=${cookie}` },
      });
      assert.equal(apiRoutes.getSession.response.parse(JSON.parse(body)).role, "admin");
    } finally {
      await second.close();
    }
  });

  it("leaves no trace: neither it, nor a cookie, nor a key is anywhere on record", async () => {
    const cookie = await signedIn();
    await place.ask("/api/keys", { method: "POST", body: { name: "told once", role: "viewer" } });
    const { store } = place.host;
    const kept = [];
    for (const collection of ["audit", "web-sessions", "api-keys"])
      kept.push((await store.listDocuments(collection, { limit: 500 })).documents);
    const text = JSON.stringify(kept);
    assert.ok(kept.every((documents) => documents.length > 0));
    const secrets = [token(), cookie.replace(/^[^=]*=/u, ""), ...Object.values(place.keys)];
    for (const secret of secrets) {
      assert.ok(secret.length >= 40);
      assert.ok(!text.includes(secret) && !text.includes(secret.replace(/^myk_[0-9a-f]+_/u, "")));
    }
    assert.ok(!JSON.stringify(place.errors).includes(token()));
  });
});

describe("sessions and keys", () => {
  it("end a session where its visitor signs out, and elsewhere not", async () => {
    const [mine, other] = [await signedIn(), await signedIn()];
    const answer = await rawRequest(origin, "/api/session", { method: "DELETE", headers: { cookie: mine } });
    assert.equal(answer.status, 200);
    const roleWith = async (cookie: string) =>
      JSON.parse((await rawRequest(origin, "/api/session", { headers: { cookie } })).body).role;
    assert.deepEqual([await roleWith(mine), await roleWith(other)], [null, "admin"]);
  });

  it("end the sessions that a key began when the key is revoked", async () => {
    const { store } = place.host;
    const { id, key } = await createKey(store, { name: "visitor", role: "operator" }, Date.now());
    const answer = await rawRequest(origin, "/api/session", {
      ...{ method: "POST", body: JSON.stringify({ secret: key }) },
      headers: { "content-type": "application/json" },
    });
    const cookie = cookiesOf(answer);
    const listRuns = async (headers: Readonly<Record<string, string>>) =>
      (await rawRequest(origin, "/api/runs", { headers })).status;
    assert.deepEqual([await listRuns({ cookie }), await listRuns(bearer(key))], [200, 200]);
    const asAdmin = await rawRequest(origin, "/api/keys", { headers: { cookie } });
    assert.equal(codeOf(asAdmin), "FORBIDDEN");
    assert.equal((await place.ask(`/api/keys/${id}`, { method: "DELETE" })).status, 200);
    assert.deepEqual([await listRuns({ cookie }), await listRuns(bearer(key))], [401, 401]);
  });

  it("take no key that is nearly good, whatever else is sent", async () => {
    const { admin } = place.keys;
    const cookie = await signedIn();
    const changed = `${admin.slice(0, -1)}${admin.endsWith("A") ? "B" : "A"}`;
    for (const key of [changed, `${admin}x`, admin.slice(0, 20), "", "myk_", "myk_000000000000_x", "a b c"]) {
      const { status } = await rawRequest(origin, "/api/runs", { headers: { ...bearer(key), cookie } });
      assert.equal(status, 401, key);
    }
    const basic = { authorization: `Basic ${Buffer.from(`x:${admin}`).toString("base64")}` };
    assert.equal((await rawRequest(origin, "/api/runs", { headers: basic })).status, 401);
  });

  it("let nobody try secrets on and on, and hold up nobody else meanwhile", async () => {
    const own = await openServer({ backend: place.backend, listen: { port: 0 }, webFolder: null });
    try {
      const guess = (secret: string) =>
        rawRequest(own.address, "/api/session", {
          ...{ method: "POST", body: JSON.stringify({ secret }) },
          // A cookie of its own for each try is no way around it.
          headers: { "content-type": "application/json", cookie: `x=${secret}` },
        });
      const codes = [];
      for (let index = 0; index < 25; index += 1) codes.push(codeOf(await guess(`guess ${index}`)));
      assert.deepEqual(
        [codes.slice(0, 20), codes.slice(20)].map((part) => [...new Set(part)]),
        [["UNAUTHENTICATED"], ["RATE_LIMITED"]],
      );
      const refused = await guess(place.keys.admin);
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers["retry-after"]) >= 1);
      const byAddress = await rawRequest(own.address, "/?token=guess");
      assert.equal(byAddress.status, 429);
      const member = await rawRequest(own.address, "/api/runs", { headers: bearer(place.keys.viewer) });
      assert.equal(member.status, 200);
    } finally {
      await own.close();
    }
  });

  it("limit how often strangers ask, with another key each time too", async () => {
    const own = await openServer({ backend: place.backend, listen: { port: 0 }, webFolder: null });
    try {
      const statuses = [];
      for (let index = 0; index < 310; index += 1)
        statuses.push(
          (await rawRequest(own.address, "/api/runs", { headers: bearer(`myk_${index}`) })).status,
        );
      assert.deepEqual([statuses[299], statuses[300], statuses.at(-1)], [401, 429, 429]);
      const member = await rawRequest(own.address, "/api/runs", { headers: bearer(place.keys.viewer) });
      assert.equal(member.status, 200);
    } finally {
      await own.close();
    }
  });
});

describe("an address that others can reach", () => {
  it("is not listened on without a key, and offers no token with one", async () => {
    const store = new MemoryStore();
    const { controls } = place.backend;
    const backend = { ...place.backend, controls: { ...controls, store } };
    const open = () => openServer({ backend, listen: { host: "0.0.0.0", port: 0 }, webFolder: null });
    await assert.rejects(open, (error) => {
      assert.ok(error instanceof MycroftError);
      assert.equal(error.code, "PUBLIC_WITHOUT_KEYS");
      assert.match(error.message, /mycroft keys create/u);
      return true;
    });
    // A key that has run out opens nothing.
    await createKey(store, { name: "old", role: "admin", expiresInDays: 1 }, Date.now() - 2 * 86_400_000);
    await assert.rejects(open, { code: "PUBLIC_WITHOUT_KEYS" });
    const { key } = await createKey(store, { name: "first", role: "admin" }, Date.now());
    const server = await open();
    try {
      assert.equal(new URL(server.signInUrl).search, "");
      const answer = await rawRequest(server.address, "/api/runs", { headers: bearer(key) });
      assert.equal(answer.status, 200);
    } finally {
      await server.close();
    }
  });

  it("is told to be taken, or not to be of this machine", async () => {
    const { port } = new URL(origin);
    const at = (listen: { host?: string; port: number }) =>
      openServer({ backend: place.backend, listen, webFolder: null });
    await assert.rejects(at({ port: Number(port) }), {
      code: "ADDRESS_TAKEN",
      details: { host: "127.0.0.1", port: Number(port) },
    });
  });
});

describe("headers", () => {
  it("forbid scripts and frames of others, on pages, on answers and on problems", async () => {
    for (const path of [
      "/",
      "/docs/",
      "/docs/errors",
      "/api/session",
      "/api/runs",
      "/api/nowhere",
      "/nowhere.js",
    ]) {
      const { headers } = await rawRequest(origin, path);
      const policy = headers["content-security-policy"] ?? "";
      assert.match(String(policy), /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/u, path);
      assert.ok(!String(policy).includes("unsafe"), path);
      assert.equal(headers["x-content-type-options"], "nosniff", path);
      assert.equal(headers["referrer-policy"], "no-referrer", path);
      assert.equal(headers["cross-origin-opener-policy"], "same-origin", path);
      assert.equal(headers["cross-origin-resource-policy"], "same-origin", path);
      assert.equal(headers["x-powered-by"], undefined, path);
      if (path.startsWith("/api")) assert.equal(headers["cache-control"], "no-store", path);
    }
  });

  it("are kept by every page of ours: no inline script or style anywhere", async () => {
    for (const path of ["/", "/docs/", "/docs/errors"]) {
      const { body } = await rawRequest(origin, path);
      assert.ok(body.includes("<html"), path);
      assert.ok(!/<script(?![^>]*\ssrc=)[^>]*>/iu.test(body), path);
      assert.ok(!/<style|\sstyle=|\son\w+=|javascript:/iu.test(body), path);
    }
  });
});

describe("the audit log", () => {
  it("has every change with who made it, and nothing that is only read", async () => {
    await place.ask("/api/schedules/nightly/trigger", { method: "POST", as: "operator" });
    await place.ask("/api/schedules/nowhere/pause", { method: "POST", as: "operator" });
    await place.ask("/api/keys", { method: "POST", as: "operator", body: { name: "x", role: "admin" } });
    await place.ask("/api/keys", { method: "POST", as: "nobody", body: { name: "x", role: "admin" } });
    await place.ask("/api/runs");
    const told = async (path: string) =>
      apiRoutes.listAudit.response.parse(await (await place.ask(path)).json());
    const { entries, nextCursor } = await told("/api/audit?limit=3");
    assert.deepEqual(entries.map(({ by, role, route, status }) => [by, role, route, status]).reverse(), [
      ["a operator", "operator", "triggerSchedule", 201],
      ["a operator", "operator", "pauseSchedule", 404],
      ["a operator", "operator", "createKey", 403],
    ]);
    assert.equal(entries[2]?.target, "POST /api/schedules/nightly/trigger");
    const next = await told(`/api/audit?limit=3&cursor=${encodeURIComponent(nextCursor ?? "")}`);
    assert.ok(next.entries.length === 3 && (next.entries[0]?.at ?? "") <= (entries[2]?.at ?? ""));
    assert.ok(
      (await told("/api/audit?limit=500")).entries.every(({ route }) => !/^(?:get|list)/u.test(route)),
    );
  });
});
