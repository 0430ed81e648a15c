/** One name for what keeps clusters apart: the schema of the store and the prefix of everything in Redis. */
import { MycroftError } from "@mycroft/errors";

export const defaultCluster = "mycroft";

/** What is both a schema of Postgres that nobody has to quote twice, and a prefix of keys. */
const form = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

/** @throws {MycroftError} HOST_INVALID. */
export function checkClusterName(name: string): void {
  if (form.test(name) && !name.startsWith("pg_")) return;
  const rule = "1 to 40 letters, digits, _ and -, beginning with a letter, and not with pg_";
  throw new MycroftError("HOST_INVALID", `A cluster's name is ${rule}; ${JSON.stringify(name)} is not.`, {
    details: { field: "cluster", value: name },
  });
}
