/** P7: what is sent is data, however it is formed: nothing breaks, nothing leaks, and every refusal is a problem with a code. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { apiRoutes, type Problem, problem, type RouteName, type RouteSpec } from "@mycroft/protocol";
import type { Store } from "@mycroft/runtime";
import fc from "fast-check";
import { z } from "zod";
import { openServer } from "../open-server.ts";
import { openTestServer, rawRequest, smallProject, type TestServer } from "../testing/index.ts";

let place: TestServer;
before(async () => {
  place = await openTestServer({ project: smallProject() });
});
after(() => place.close());

async function problemOf(response: Response, status: number): Promise<Problem> {
  assert.equal(response.status, status);
  assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/u);
  const told = problem.parse(await response.json());
  assert.equal(told.status, status);
  assert.equal(told.type, `/docs/errors#${told.code}`);
  return told;
}

/** What a server answers to these bytes until it hangs up. */
async function answerTo({ server }: TestServer, bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.address);
  const socket = connect({ host: hostname, port: Number(port) });
  let heard = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    heard += text;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return heard;
}

function problemIn(answer: string): Problem {
  return problem.parse(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)));
}

const post = (body: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${place.server.address}/api/runs`, {
    method: "POST",
    headers: { authorization: `Bearer ${place.keys.admin}`, "content-type": "application/json", ...headers },
    body,
  });

describe("bodies", () => {
  for (const body of ["{", "", "nothing", '{"a":1}}', "[1,]", '{"__proto__":{"x":1}}', "\u0000", '"\ud800'])
    it(`that are not JSON are refused: ${JSON.stringify(body)}`, async () => {
      assert.equal((await problemOf(await post(body), 400)).code, "INPUT_INVALID");
    });

  it("that do not fit are told field by field", async () => {
    const told = await problemOf(await post('{"workflow":3,"tags":["a",7],"extra":1}'), 400);
    assert.equal(told.code, "INPUT_INVALID");
    const issues = z.array(z.object({ path: z.string() })).parse(told.details?.["issues"]);
    const paths = issues.map(({ path }) => path);
    assert.ok(paths.includes("body.workflow") && paths.includes("body.tags.1"), paths.join());
  });

  it("that are nested too deeply are refused, and break nothing", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const response = await post(`{"workflow":"halving","input":${deep}}`);
    assert.ok(response.status >= 400 && response.status < 500, String(response.status));
    problem.parse(await response.json());
  });

  it("that are too large are refused with the limit of their route", async () => {
    const large = JSON.stringify({ name: "x".repeat(3 * 1024 * 1024), role: "viewer" });
    const keys = await place.ask("/api/keys", { method: "POST", body: JSON.parse(large) });
    assert.equal((await problemOf(keys, 413)).code, "LIMIT_EXCEEDED");
    // The same is not too large for a run's input, which has another fault.
    assert.equal((await problemOf(await post(large), 400)).code, "INPUT_INVALID");
    const huge = `{"workflow":"${"x".repeat(10 * 1024 * 1024)}"}`;
    assert.equal((await problemOf(await post(huge), 413)).code, "LIMIT_EXCEEDED");
  });

  it("of another type are refused", async () => {
    for (const type of ["text/html", "application/xml", "nonsense"])
      assert.equal((await problemOf(await post("{}", { "content-type": type }), 415)).code, "INPUT_INVALID");
  });
});

describe("addresses", () => {
  it("that nothing is at are told so, and methods that they do not take", async () => {
    assert.equal((await problemOf(await place.ask("/api/nothing"), 404)).code, "NOT_FOUND");
    assert.equal((await problemOf(await place.ask("/api/runs/a/b/c/d"), 404)).code, "NOT_FOUND");
    for (const [method, path, allow] of [
      ["DELETE", "/api/runs", "GET, HEAD, POST"],
      ["PUT", "/api/session", "DELETE, GET, HEAD, POST"],
      ["PATCH", "/api/runs/r1", "GET, HEAD"],
      ["POST", "/api/updates", "GET"],
    ] as const) {
      const response = await place.ask(path, { method });
      assert.equal((await problemOf(response, 405)).code, "METHOD_REFUSED");
      assert.equal(response.headers.get("allow"), allow);
    }
    const head = await place.ask("/api/runs", { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [200, ""]);
  });

  it("that are not well formed, or too long, are refused", async () => {
    const { address } = place.server;
    const headers = { authorization: `Bearer ${place.keys.admin}` };
    const codeAt = async (path: string) => {
      const { status, body } = await rawRequest(address, path, { headers });
      return [status, problem.parse(JSON.parse(body)).code];
    };
    assert.deepEqual(await codeAt("/api/runs/%zz"), [400, "INPUT_INVALID"]);
    assert.deepEqual(await codeAt("/api/runs/%ff"), [400, "INPUT_INVALID"]);
    assert.deepEqual(await codeAt(`/api/runs/${"a".repeat(7_000)}`), [414, "LIMIT_EXCEEDED"]);
    assert.deepEqual(await codeAt(`/api/runs?cursor=${"a".repeat(20_000)}`), [431, "LIMIT_EXCEEDED"]);
    assert.deepEqual(await codeAt(`/api/runs/${"a".repeat(201)}`), [400, "INPUT_INVALID"]);
  });

  it("may have any text for an id: it names nothing, and nothing goes wrong", async () => {
    const reading = (Object.keys(apiRoutes) as RouteName[]).filter((name) => {
      const { method, params, streams }: RouteSpec = apiRoutes[name];
      return method === "GET" && params !== undefined && streams !== true;
    });
    const hostile = fc.constantFrom(
      ...[
        "..",
        ".",
        "../../etc/passwd",
        "%2e%2e",
        "__proto__",
        "constructor",
        "<script>",
        "\u202e",
        "\u0000",
      ],
      ...["'; drop table runs; --", "a/b", "latest", "-1", "NaN", "1e400", "😀", "a".repeat(200)],
    );
    const text = fc.oneof(hostile, fc.string({ minLength: 1, maxLength: 60, unit: "binary" }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...reading),
        fc.array(text, { minLength: 3, maxLength: 3 }),
        async (name, texts) => {
          const parts = [...texts];
          const path = apiRoutes[name].path.replaceAll(/:[a-zA-Z]+/gu, () =>
            encodeURIComponent((parts.pop() ?? "x").toWellFormed()),
          );
          const response = await place.ask(path);
          const body: unknown = await response.json();
          if (response.status === 200) return;
          const told = problem.parse(body);
          assert.ok(response.status < 500 && told.code !== "INTERNAL", `${path}: ${JSON.stringify(told)}`);
        },
      ),
      { numRuns: 150 },
    );
    assert.deepEqual(place.errors, []);
  });
});

describe("slow and broken clients", () => {
  /** So little patience that a machine which stalls makes everybody a slow client: nothing else is asked of it. */
  let impatient: TestServer;
  before(async () => {
    const limits = { headersMs: 100, requestMs: 200, lookMs: 20 };
    impatient = await openTestServer({ project: smallProject(), limits });
  });
  after(() => impatient.close());

  it("are hung up on when their headers do not come (slowloris)", async () => {
    const answer = await answerTo(impatient, "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    assert.match(answer, /^HTTP\/1\.1 408 /u);
    assert.equal(problemIn(answer).code, "LIMIT_EXCEEDED");
  });

  it("are hung up on when their body does not come", async () => {
    const answer = await answerTo(
      impatient,
      "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    );
    assert.match(answer, /^HTTP\/1\.1 408 /u);
  });

  for (const bytes of [
    "nonsense\r\n\r\n",
    "GET /livez HTTP/1.1\r\n\r\n",
    "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "GET /livez HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
    "GET /livez HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n",
    "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /api/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  ]) {
    it(`are refused when they do not speak HTTP: ${JSON.stringify(bytes.slice(0, 80))}`, async () => {
      assert.match(await answerTo(place, bytes), /^HTTP\/1\.1 4\d\d /u);
    });
  }

  it("leave a server that answers", async () => {
    assert.equal((await place.ask("/livez")).status, 200);
    let { status } = await impatient.ask("/livez");
    while (status === 408) ({ status } = await impatient.ask("/livez"));
    assert.equal(status, 200);
  });
});

/** The same store, but for what it gives for runs. */
function storeThat(store: Store, listRuns: Store["listRuns"]): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === "listRuns") return listRuns;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("what goes wrong here", () => {
  it("is told by an id alone: no path, no stack, no message of this machine", async () => {
    const secret = "/srv/ada/.mycroft/mycroft.sqlite";
    const thrown = [
      new TypeError(`cannot read ${secret}`),
      new MycroftError("STORE_IO", `The file ${secret} cannot be read.`, { details: { path: secret } }),
      new MycroftError("STORE_DAMAGED", `The file ${secret} is damaged.`),
    ];
    for (const error of thrown) {
      const store = storeThat(place.host.store, () => Promise.reject(error));
      const backend = { ...place.backend, controls: { ...place.backend.controls, store } };
      const told: MycroftError[] = [];
      const server = await openServer({
        backend: { ...backend, onError: (one) => void told.push(one) },
        ...{ listen: { port: 0 }, webFolder: null },
      });
      try {
        const { body, status } = await rawRequest(server.address, "/api/runs", {
          headers: { authorization: `Bearer ${place.keys.admin}` },
        });
        const { code, instance = "" } = problem.parse(JSON.parse(body));
        assert.ok(status >= 500, body);
        assert.equal(code, error instanceof MycroftError ? error.code : "INTERNAL");
        assert.ok(!body.includes("ada") && !body.includes("    at "), body);
        const id = instance.replace("urn:request:", "");
        assert.equal(told.length, 1);
        const message = told[0]?.message ?? "";
        assert.ok(message.includes(id) && message.includes(secret), message);
        const ready = await rawRequest(server.address, "/readyz");
        assert.equal(ready.status, 503);
        assert.ok(!ready.body.includes("ada"), ready.body);
      } finally {
        await server.close();
      }
    }
  });
});
