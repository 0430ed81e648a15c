/** Where a store lies, in a form that may be shown: never with the password. */
import { MycroftError } from "@mycroft/errors";

export interface StoreAddress {
  readonly url: string;
  /** `host:port/database`, with the user before it where one is given. */
  readonly shown: string;
}

const urlForm = /^postgres(ql)?:\/\//;
const example = "postgres://USER:PASSWORD@HOST:5432/DATABASE";

/** @throws {MycroftError} INPUT_INVALID, which shows nothing of the text: a password may be anywhere in it. */
export function parseAddress(url: string): StoreAddress {
  const parsed = typeof url === "string" && urlForm.test(url) && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) {
    throw invalidUrl(`The store's url must be like ${example}`);
  }
  const { hostname, port, username, pathname } = parsed;
  try {
    const [user, database] = [decodeURIComponent(username), decodeURIComponent(pathname.slice(1))];
    decodeURIComponent(parsed.password);
    // A socket's folder may stand in the query instead of a host.
    const host = hostname === "" ? (parsed.searchParams.get("host") ?? "localhost") : hostname;
    const at = `${host}:${port === "" ? "5432" : port}/${database === "" ? user : database}`;
    return { url, shown: user === "" ? at : `${user}@${at}` };
  } catch {
    throw invalidUrl(`The store's url has a % that begins no escape: write it as %25, as in ${example}`);
  }
}

function invalidUrl(rule: string): MycroftError {
  return new MycroftError("INPUT_INVALID", `${rule}.`, { details: { field: "url" } });
}
