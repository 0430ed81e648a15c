import assert from "node:assert/strict";
import { test } from "node:test";
import { hasDesktop } from "./open-page.ts";

test("a page is opened only where somebody has a screen on this machine", () => {
  const desk = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, isTerminal = true) =>
    hasDesktop({ platform, env, isTerminal });
  assert.ok(desk("darwin", {}));
  assert.ok(desk("win32", { CI: "false" }));
  assert.ok(desk("linux", { DISPLAY: ":0" }));
  assert.ok(desk("linux", { WAYLAND_DISPLAY: "wayland-0" }));
  assert.ok(!desk("linux", {}));
  assert.ok(!desk("linux", { DISPLAY: "" }));
  assert.ok(!desk("linux", { DISPLAY: ":0", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" }));
  assert.ok(!desk("darwin", { CI: "true" }));
  assert.ok(!desk("darwin", {}, false));
});
