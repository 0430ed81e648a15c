/** The web application's files: pages wherever an address names one, compressed and kept as the build allows, nothing else of the disk. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { openTestServer, rawRequest, smallProject, type TestServer } from "../testing/index.ts";

const index =
  '<!doctype html><html lang="en"><script type="module" src="/assets/main-x1.js"></script></html>';
const script = "console.log('mycroft');";

let folder: string;
let place: TestServer;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mycroft-web-"));
  const web = join(folder, "dist");
  await mkdir(join(web, "assets"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "not to be served");
  await writeFile(join(web, "index.html"), index);
  await writeFile(join(web, "icon.svg"), "<svg/>");
  await writeFile(join(web, "assets/main-x1.js"), script);
  await writeFile(join(web, "assets/main-x1.js.br"), brotliCompressSync(`${script}//br`));
  place = await openTestServer({ project: smallProject(), webFolder: web });
});
after(async () => {
  await place.close();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  rawRequest(place.server.address, path, { headers });

describe("pages", () => {
  for (const path of ["/", "/runs", "/runs/r1?tab=events", "/decisions/r1/a%2Fb%5B0%5D", "/sign-in"])
    it(`are at ${path}`, async () => {
      const { status, headers, body } = await get(path);
      assert.deepEqual([status, body], [200, index]);
      assert.deepEqual(
        [headers["content-type"], headers["cache-control"]],
        ["text/html; charset=utf-8", "no-cache"],
      );
    });

  for (const path of [
    "/api",
    "/api/",
    "/api/nothing",
    "/docs/nothing",
    "/assets/gone.js",
    "/nothing.css",
    "/.git",
  ])
    it(`are not at ${path}`, async () => {
      const { status, headers } = await get(path);
      assert.equal(status, 404);
      assert.match(headers["content-type"] ?? "", /problem\+json/u);
    });

  it("take no other method", async () => {
    const { status } = await rawRequest(place.server.address, "/runs", { method: "POST" });
    assert.equal(status, 404);
  });
});

describe("files", () => {
  it("whose names say what is in them are kept for ever, others are asked for again", async () => {
    const asset = await get("/assets/main-x1.js");
    assert.deepEqual([asset.status, asset.body], [200, script]);
    assert.equal(asset.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal((await get("/icon.svg")).headers["cache-control"], "no-cache");
  });

  it("are sent compressed to those who can read it", async () => {
    const response = await fetch(`${place.server.address}/assets/main-x1.js`, {
      headers: { "accept-encoding": "br" },
    });
    assert.equal(response.headers.get("content-encoding"), "br");
    assert.equal(await response.text(), `${script}//br`);
    assert.equal((await get("/assets/main-x1.js")).headers["content-encoding"], undefined);
  });

  for (const path of [
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//etc/passwd",
    "/assets/%00main-x1.js",
  ])
    it(`beyond the folder are out of reach: ${path}`, async () => {
      const { status, body } = await get(path);
      assert.ok(!body.includes("not to be served") && !body.includes("root:"));
      assert.ok(status >= 400 || body === index, String(status));
    });
});

describe("without a build", () => {
  it("there is a page that says how to get one", async () => {
    const bare = await openTestServer({ project: smallProject() });
    try {
      const { status, body } = await rawRequest(bare.server.address, "/runs");
      assert.equal(status, 200);
      assert.match(body, /npm start/u);
    } finally {
      await bare.close();
    }
  });
});
