/**
 * Whom a browser speaks for. A page of another site can make a browser send requests here, with its cookies (CSRF), or point a
 * name of its own at this machine (DNS rebinding): so the Host header has to be a name of ours, and what changes something, or
 * streams, has to come from our own pages or from no page at all.
 */
import { isIP } from "node:net";
import { MycroftError } from "@mycroft/errors";
import type { FastifyRequest } from "fastify";

const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @param names those besides the loopback's, in lower case, with or without a port. @throws {MycroftError} HOST_REFUSED. */
export function checkHost(request: FastifyRequest, names: ReadonlySet<string>): void {
  const host = (request.headers.host ?? "").toLowerCase();
  if ((request.raw.headersDistinct["host"]?.length ?? 0) > 1) throw refusedHost(host);
  const name = host.replace(/:\d{1,5}$/, "");
  if (loopback.has(name) || names.has(name) || names.has(host)) return;
  // A number is no name that anybody could point here.
  if (name !== "" && name === ownAddress(request)) return;
  throw refusedHost(host);
}

function refusedHost(host: string): MycroftError {
  return new MycroftError(
    "HOST_REFUSED",
    "This server does not go by that name. `--public-host NAME` makes it one of its names.",
    { details: { host: host.slice(0, 200) } },
  );
}

/** The address at which this connection has come in, as a Host header has it. */
function ownAddress({ socket }: FastifyRequest): string {
  const { localAddress = "" } = socket;
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/u, "").toLowerCase();
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** @throws {MycroftError} ORIGIN_REFUSED. */
export function checkOrigin(request: FastifyRequest): void {
  const { origin, host = "" } = request.headers;
  const site = request.headers["sec-fetch-site"];
  // Programs send neither. A page sends at least one of them with whatever is not a plain visit.
  if (origin === undefined && (site === undefined || site === "same-origin" || site === "none")) return;
  if (origin !== undefined && hostOf(origin) === host.toLowerCase()) return;
  throw new MycroftError("ORIGIN_REFUSED", "A page of another origin asked for this, and is refused.", {
    details: { origin: String(origin ?? site).slice(0, 200) },
  });
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
