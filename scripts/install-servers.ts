/** The part of `npm test` that sees to the servers. Exit code 1 when one is missing and `CI=true`. */
import { findServer } from "@mycroft/distributed/testing";
import { findTests, root } from "./find-tests.ts";
import { provideServers } from "./servers/provide-servers.ts";

const mayTest = provideServers({
  systemFolder: "/",
  env: process.env,
  isRoot: process.getuid?.() === 0,
  find: findServer,
  root,
  testFiles: findTests(),
  say: console.log,
});
process.exitCode = mayTest ? 0 : 1;
