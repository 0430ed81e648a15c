/** The web application as it is built: small enough to begin with, and free of what the server's CSP forbids. */
import assert from "node:assert/strict";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { buildWeb } from "@mycroft/cli";
import { initialScriptBytes, maxInitialScriptBytes } from "../scripts/initial-script.ts";

describe("the built web application", () => {
  let folder: string;

  before(async () => {
    const build = await buildWeb();
    assert.ok(build.kind === "ready", JSON.stringify(build));
    folder = build.folder;
  });

  test(`begins with at most ${maxInitialScriptBytes / 1_000} kB of script`, () => {
    const bytes = initialScriptBytes(folder);
    assert.ok(bytes > 10_000, "the scripts are found");
    assert.ok(bytes <= maxInitialScriptBytes, `${bytes} bytes (gzip)`);
  });

  test("has no script or style within its page, and names nothing elsewhere", () => {
    const page = readFileSync(join(folder, "index.html"), "utf8");
    assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)[^>]*>|<style|\bstyle=|\bon\w+=/u);
    for (const [, address = ""] of page.matchAll(/\b(?:src|href)="([^"]*)"/gu)) {
      assert.match(address, /^\/(?!\/)/u);
    }
  });

  test("has compressed variants beside its scripts and styles, which are smaller", () => {
    const assets = globSync("assets/*.{js,css}", { cwd: folder }).map((path) => join(folder, path));
    assert.ok(assets.length > 5);
    for (const file of assets.filter((path) => statSync(path).size >= 1_024)) {
      for (const ending of [".gz", ".br"])
        assert.ok(statSync(file + ending).size < statSync(file).size, file);
    }
  });

  test("brings no code of the server's along: schemas are types there", () => {
    const scripts = globSync("assets/*.js", { cwd: folder }).map((path) =>
      readFileSync(join(folder, path), "utf8"),
    );
    assert.ok(scripts.every((text) => !text.includes("ZodObject")));
  });
});
