/** The document that the API gives of itself is OpenAPI 3.1, has every route of the table, and says how each fails. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { errorCodes } from "@mycroft/errors";
import { apiRoutes, type RouteName, type RouteSpec } from "@mycroft/protocol";
import { z } from "zod";
import { openTestServer, smallProject, type TestServer } from "../testing/index.ts";

const content = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const operation = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  tags: z.array(z.string()).min(1),
  parameters: z
    .array(z.object({ name: z.string(), in: z.enum(["path", "query"]), required: z.boolean().optional() }))
    .optional(),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: content.optional() })),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
});
const documentForm = z.object({
  openapi: z.string().regex(/^3\.1\.\d+$/u),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string().startsWith("/"),
    z.record(z.enum(["get", "post", "delete"]), operation).or(z.record(z.string(), operation)),
  ),
  components: z.object({ securitySchemes: z.record(z.string(), z.object({ type: z.string() })) }).loose(),
});

let place: TestServer;
let text: string;
let document: z.infer<typeof documentForm>;
before(async () => {
  place = await openTestServer({ project: smallProject() });
  text = await (await place.ask("/api/openapi.json", { as: "nobody" })).text();
  document = documentForm.parse(JSON.parse(text));
});
after(() => place.close());

function operationOf(name: RouteName): z.infer<typeof operation> | undefined {
  const { path, method } = apiRoutes[name];
  const methods = document.paths[path.replaceAll(/:([a-zA-Z]+)/gu, "{$1}")] ?? {};
  return (methods as Readonly<Record<string, z.infer<typeof operation>>>)[method.toLowerCase()];
}

describe("the OpenAPI document", () => {
  for (const name of Object.keys(apiRoutes) as RouteName[]) {
    it(`has ${name}, with its parameters, its answer and its problems`, () => {
      const route: RouteSpec = apiRoutes[name];
      const found = operationOf(name);
      assert.ok(found !== undefined, "the document has the route");
      assert.equal(found.operationId, name);
      const inPath = [...route.path.matchAll(/:([a-zA-Z]+)/gu)].map(([, parameter = ""]) => parameter);
      const told = found.parameters ?? [];
      const namesIn = (where: string) =>
        told
          .filter((one) => one.in === where)
          .map((one) => one.name)
          .sort();
      assert.deepEqual(namesIn("path"), inPath.sort());
      assert.deepEqual(namesIn("query"), Object.keys(route.query?.shape ?? {}).sort());
      assert.equal(found.requestBody !== undefined, route.body !== undefined);
      const good = found.responses[route.creates === undefined ? "200" : "201"];
      const isThere = found.responses["200"] !== undefined;
      assert.equal(isThere, route.creates !== true, `${name}: 200 only where something may be there already`);
      const [goodMedia] = Object.keys(good?.content ?? {});
      assert.equal(goodMedia, route.streams === true ? "text/event-stream" : "application/json");
      for (const status of ["4XX", "5XX"]) {
        const media: readonly string[] = Object.keys(found.responses[status]?.content ?? {});
        assert.deepEqual(media, ["application/problem+json"], status);
      }
      assert.equal(found.security !== undefined, route.role !== "nobody");
      for (const scheme of (found.security ?? []).flatMap((one) => Object.keys(one)))
        assert.ok(Object.hasOwn(document.components.securitySchemes, scheme), scheme);
    });
  }

  it("has nothing else", () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    assert.equal(operations.length, Object.keys(apiRoutes).length);
  });

  it("refers to nothing that it does not have, and to no other server", () => {
    for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/gu)) {
      const found = pointer.split("/").reduce<unknown>((at, key) => Object(at)[key], JSON.parse(text));
      assert.notEqual(found, undefined, pointer);
    }
    assert.ok(!/"\$ref":"[^#]/u.test(text));
  });

  it("is browsed without any other server", async () => {
    const page = await (await place.ask("/docs/", { as: "nobody" })).text();
    const linked = [...page.matchAll(/(?:src|href)="([^"]+)"/gu)].map(([, link = ""]) => link);
    assert.ok(linked.length > 3);
    assert.deepEqual(await (await place.ask("/docs/json", { as: "nobody" })).json(), JSON.parse(text));
    for (const link of linked) {
      const { origin, pathname } = new URL(link, `${place.server.address}/docs/`);
      assert.equal(origin, place.server.address);
      const response = await place.ask(pathname, { as: "nobody" });
      assert.equal(response.status, 200, pathname);
      await response.body?.cancel();
    }
  });
});

describe("the page of error codes", () => {
  it("has each code, where problem details point", async () => {
    const page = await (await place.ask("/docs/errors", { as: "nobody" })).text();
    for (const code of Object.keys(errorCodes)) assert.ok(page.includes(`<dt id="${code}">`), code);
  });
});
