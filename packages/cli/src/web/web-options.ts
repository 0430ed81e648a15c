/** What the command line says about the server. */
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "../command.ts";
import { readList, readText, readWholeNumber } from "../read-options.ts";

export interface WebOptions {
  readonly listen: {
    readonly host: string;
    /** Null: the usual one, or the next that is free. 0: any. */
    readonly port: number | null;
  };
  /** Names beyond this machine's own by which browsers may reach it. */
  readonly publicHosts: readonly string[];
}

const highestPort = 65_535;
const loopback = "127.0.0.1";

/**
 * Null when no server is wanted.
 * @throws {MycroftError} USAGE.
 */
export function readWebOptions(options: Invocation["options"]): WebOptions | null {
  const port = readWholeNumber(options, "port", { min: 0, max: highestPort });
  const host = readText(options, "listen");
  const publicHosts = readList(options, "publicHost");
  if (options["web"] !== false)
    return { listen: { host: host ?? loopback, port: port ?? null }, publicHosts };
  const given = [
    ...(port === undefined ? [] : ["--port"]),
    ...(host === undefined ? [] : ["--listen"]),
    ...(publicHosts.length === 0 ? [] : ["--public-host"]),
  ];
  if (given.length === 0) return null;
  throw new MycroftError(
    "USAGE",
    `${given.join(", ")} says where a server is to be, and --no-web that there is none.`,
  );
}
