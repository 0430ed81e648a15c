/** What a Redis URL says, checked (P7); its password is kept where no message can show it. */
import { MycroftError } from "@mycroft/errors";

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly isEncrypted: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** For messages: no user, no password. */
  readonly label: string;
}

const form = "redis://USER:PASSWORD@HOST:PORT/DB (rediss:// for TLS; all but the host may be left out)";
const defaultPort = 6379;

/** @throws {MycroftError} INPUT_INVALID, without the URL itself, since that may hold a password. */
export function readRedisUrl(url: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !["redis:", "rediss:"].includes(parsed.protocol) || parsed.hostname === "") {
    throw invalidUrl("It cannot be read as one.");
  }
  const db = /^\/?([0-9]{0,5})$/.exec(parsed.pathname)?.[1];
  if (db === undefined) {
    throw invalidUrl("What follows the host must be the number of a database, such as /0.");
  }
  const port = parsed.port === "" ? defaultPort : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  return {
    host,
    port,
    db: Number(db),
    isEncrypted: parsed.protocol === "rediss:",
    username: decodePart(parsed.username),
    password: decodePart(parsed.password),
    label: `${parsed.protocol}//${parsed.hostname}:${port}/${Number(db)}`,
  };
}

function decodePart(text: string): string | null {
  if (text === "") return null;
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidUrl("Its user or password has a % that begins no escape; write %25 for the sign itself.");
  }
}

function invalidUrl(why: string): MycroftError {
  return new MycroftError("INPUT_INVALID", `The URL of Redis is not of the form ${form}. ${why}`, {
    details: { field: "url", form },
  });
}
