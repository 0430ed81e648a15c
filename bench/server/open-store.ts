/** The store of a benchmark: a folder's is SQLite, an address is that of a Postgres. */
import { openPostgresStore } from "@mycroft/distributed";
import { openSqliteStore } from "@mycroft/embedded";
import type { Store } from "@mycroft/runtime";

/** @param place a folder, or `postgres://...`. */
export function openStore(place: string): Promise<Store> {
  const retentionDays = Number.POSITIVE_INFINITY;
  return place.startsWith("postgres:")
    ? openPostgresStore({ url: place, retentionDays })
    : openSqliteStore({ folder: place, retentionDays });
}
