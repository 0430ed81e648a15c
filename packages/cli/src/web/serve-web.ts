/** The server in a process that keeps running: opened over its runs, with the web application when that can be had. */
import { asMycroftError } from "@mycroft/errors";
import type { Backend, RunningServer } from "@mycroft/server";
import type { Terminal } from "../text/terminal.ts";
import { buildWeb } from "./build-web.ts";
import type { WebOptions } from "./web-options.ts";

/** For requests in hand, and pages that listen, to be told that the server ends. */
const closingMs = 2_000;

export interface ServedWeb {
  /** Such as `http://127.0.0.1:8421`. */
  readonly address: string;
  /** The same, with what signs in there while this process runs. */
  readonly signInUrl: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @throws {MycroftError} ADDRESS_TAKEN, PUBLIC_WITHOUT_KEYS.
 */
export async function serveWeb(
  backend: Backend,
  web: WebOptions,
  terminal: Pick<Terminal, "note" | "progress">,
): Promise<ServedWeb> {
  const webFolder = await findWebFolder(terminal);
  // It brings along much that nobody needs who has no server.
  const { openServer } = await import("@mycroft/server");
  const server: RunningServer = await openServer({ backend, ...web, webFolder });
  const { address, signInUrl } = server;
  return {
    address,
    signInUrl,
    port: Number(new URL(address).port),
    close: () => server.close(closingMs),
  };
}

/** Without the application there is the API, and a page that says so. */
async function findWebFolder({
  note,
  progress,
}: Pick<Terminal, "note" | "progress">): Promise<string | null> {
  const onBuilding = () => progress("Building the web application (once after it has changed) ...");
  try {
    const build = await buildWeb({ onBuilding });
    if (build.kind === "ready") return build.folder;
    if (build.kind === "failed") note(`warning: the web application could not be built.\n${build.reason}`);
    return null;
  } catch (thrown) {
    note(`warning: the web application could not be built: ${asMycroftError(thrown).message}`);
    return null;
  } finally {
    progress("");
  }
}
