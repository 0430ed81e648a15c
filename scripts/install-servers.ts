/** The part of `npm test` that sees to the servers and the browser. Exit code 1 when one is missing and `CI=true`. */
import { findTests, root } from "./find-tests.ts";
import { provideServers } from "./servers/provide-servers.ts";
import { findTestProgram } from "./servers/test-programs.ts";

const mayTest = provideServers({
  systemFolder: "/",
  env: process.env,
  isRoot: process.getuid?.() === 0,
  find: findTestProgram,
  root,
  testFiles: findTests(),
  say: console.log,
});
process.exitCode = mayTest ? 0 : 1;
