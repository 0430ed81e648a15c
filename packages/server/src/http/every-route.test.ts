/** Walks every route of the table as everybody: who may come in is the table's to say, and nobody else's. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { apiRoutes, problem, type Role, type RouteName, type RouteSpec, roles } from "@mycroft/protocol";
import { openTestServer, smallProject, type TestServer } from "../testing/index.ts";

const names = Object.keys(apiRoutes) as RouteName[];

let place: TestServer;
before(async () => {
  place = await openTestServer({ project: smallProject() });
});
after(() => place.close());

/** An address of the route that names nothing that is there. */
function addressOf({ path, query }: RouteSpec): string {
  const filled = path.replaceAll(/:([a-zA-Z]+)/gu, (_, name: string) => values[name] ?? "unknown");
  return query === undefined ? filled : `${filled}?a=x&b=y&subject=x`;
}
const values: Readonly<Record<string, string>> = { seq: "0", date: "2024-01-02", symbol: "IBM" };

async function call(name: RouteName, as: Role): Promise<Response> {
  const route: RouteSpec = apiRoutes[name];
  const ended = new AbortController();
  const response = await place.ask(addressOf(route), {
    ...{ method: route.method, as, signal: ended.signal },
    ...(route.body === undefined ? {} : { body: {} }),
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) ended.abort();
  return response;
}

describe("every route", () => {
  for (const name of names) {
    const { role: needed, method, path } = apiRoutes[name];
    it(`${method} ${path} lets in ${needed === "nobody" ? "everybody" : `a ${needed}`}, and nobody below`, async () => {
      for (const role of roles) {
        const response = await call(name, role);
        const told = `${role}: ${response.status}`;
        const isLetIn = roles.indexOf(role) >= roles.indexOf(needed);
        if (!isLetIn) {
          const { code, status } = problem.parse(await response.json());
          const expected = role === "nobody" ? ["UNAUTHENTICATED", 401] : ["FORBIDDEN", 403];
          assert.deepEqual([code, status, response.status], [...expected, expected[1]], told);
          continue;
        }
        // The secret `x` is no good, whoever presents it.
        const refusals = name === "signIn" ? [] : [401, 403];
        assert.ok(![...refusals, 500, 501].includes(response.status), told);
        if (response.status < 400) continue;
        const type = response.headers.get("content-type") ?? "";
        assert.ok(type.startsWith("application/problem+json"), `${told} ${type}`);
        const { code } = problem.parse(await response.json());
        // Otherwise there is nothing behind the route.
        assert.notEqual(code, "METHOD_REFUSED", told);
      }
    });
  }

  it("is one that the walk has seen the failures of", () => {
    assert.ok(names.length > 50);
    const leastRoles = new Set(names.map((name) => apiRoutes[name].role));
    assert.deepEqual([...leastRoles].sort(), ["admin", "nobody", "operator", "viewer"]);
    // What changes something is never a viewer's: all but a replay, which changes nothing.
    const changing = names.filter(
      (name) => apiRoutes[name].method !== "GET" && apiRoutes[name].role === "viewer",
    );
    assert.deepEqual(changing, ["replayRun"]);
  });

  it("tells nobody in particular of what went wrong here", () => {
    assert.deepEqual(place.errors, []);
  });
});
