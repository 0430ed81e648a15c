/** `npm run postgres` and `npm run redis`: a private server in the foreground. Options: --port N, --folder DIR. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { serverKinds } from "@mycroft/distributed/testing";
import { type ForegroundOptions, runInForeground } from "./servers/run-in-foreground.ts";
import { ServerProblem } from "./servers/server-problem.ts";

const [word, ...rest] = process.argv.slice(2);

try {
  const kind = serverKinds.find((each) => each === word);
  if (kind === undefined) throw new ServerProblem(`Say which server: ${serverKinds.join(" or ")}.`);
  await runInForeground(kind, readOptions(rest, join(".mycroft", kind)));
} catch (error) {
  if (!(error instanceof ServerProblem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function readOptions(args: readonly string[], folder: string): ForegroundOptions {
  const { port, folder: given = folder } = parseWords(args);
  if (port === undefined) return { port: null, folder: given };
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new ServerProblem(`--port is a number from 1 to 65535, not "${port}".`);
  }
  return { port: Number(port), folder: given };
}

function parseWords(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { port: { type: "string" }, folder: { type: "string" } } })
      .values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerProblem(`${reason}\nThe options: --port N, --folder DIR.`);
  }
}
