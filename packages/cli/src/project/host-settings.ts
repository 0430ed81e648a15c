/**
 * Where a record lies and what carries tasks and messages: from the command line, else from the environment, else from the
 * configuration. The one place that reads these settings. No message shows an address as it was given: it may hold a password.
 */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MycroftError } from "@mycroft/errors";
import type { HostConfig } from "@mycroft/sdk";
import type { Invocation } from "../command.ts";
import { optionFlag, readText } from "../read-options.ts";

/** A record in a folder, which one process holds at a time; or one on Postgres, which any number of processes work on. */
export type RecordPlace = FolderPlace | ClusterPlace;

export interface FolderPlace {
  readonly kind: "folder";
  /** An absolute path. */
  readonly folder: string;
}

export interface ClusterPlace {
  readonly kind: "cluster";
  readonly cluster: ClusterSettings;
}

export interface ClusterSettings {
  /** `postgres://...`. */
  readonly store: string;
  /** `redis://...`; null where none is set: enough for what only looks at runs, and starts and steers them. */
  readonly queue: string | null;
  /** Null for the queue's. */
  readonly bus: string | null;
  readonly name: string;
}

const settings = ["store", "queue", "bus", "cluster"] as const;
type SettingName = (typeof settings)[number];

interface Stated {
  readonly value: string;
  /** Such as `--store`, `MYCROFT_STORE`, `host.store`. */
  readonly where: string;
  /** Earlier sources come first: 0 for the command line. */
  readonly rank: number;
}

type StatedSettings = Readonly<Record<SettingName, Stated | null>>;

const recordFolderName = ".mycroft";
const storeFile = "mycroft.sqlite";
/** As of `connectCluster`, whose package is loaded only when there is a cluster to connect to. */
const usualCluster = "mycroft";
const postgresForm = /^postgres(?:ql)?:\/\//u;
const redisForm = /^rediss?:\/\//u;

export interface HostSources {
  readonly options: Invocation["options"];
  readonly env: NodeJS.ProcessEnv;
  /** The configuration's. */
  readonly host: HostConfig;
  /** Where commands' relative paths begin. */
  readonly directory: string;
  /** Where the record lies unless something else is said. */
  readonly usualFolder: string;
}

/** @throws {MycroftError} HOST_INVALID naming the setting; USAGE for options that exclude each other. */
export function readRecordPlace(sources: HostSources): RecordPlace {
  const { options, directory, usualFolder } = sources;
  const stated = readStated(sources);
  const folder = readText(options, "folder");
  if (folder !== undefined) {
    refuseBeside(folder, stated);
    return { kind: "folder", folder: resolve(directory, folder, recordFolderName) };
  }
  const { store } = stated;
  if (store !== null && postgresForm.test(store.value)) {
    return { kind: "cluster", cluster: clusterOf(store.value, stated) };
  }
  refuseWithoutPostgres(stated);
  if (store === null) return { kind: "folder", folder: usualFolder };
  if (/^\w+:\/\//u.test(store.value)) {
    throw invalid(
      store,
      "is an address of another kind; a store is a folder, or postgres://USER:PASSWORD@HOST:5432/DATABASE",
    );
  }
  return { kind: "folder", folder: folderOfStore(resolve(directory, store.value)) };
}

/**
 * The record's folder, when it, its file or the folder around it is named.
 * @param path absolute.
 */
export function folderOfStore(path: string): string {
  if (basename(path) === storeFile && statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
    return dirname(path);
  }
  const inside = join(path, recordFolderName);
  return !existsSync(join(path, storeFile)) && existsSync(join(inside, storeFile)) ? inside : path;
}

/** In a form that may be shown. */
export function placeText(place: RecordPlace): string {
  return place.kind === "folder" ? place.folder : clusterText(place.cluster);
}

/** The same for programs. */
export function placeJson(place: RecordPlace): {
  readonly recordFolder: string | null;
  readonly cluster: string | null;
} {
  if (place.kind === "folder") return { recordFolder: place.folder, cluster: null };
  return { recordFolder: null, cluster: clusterText(place.cluster) };
}

/** `HOST:PORT/DATABASE (cluster NAME)`. */
export function clusterText({ store, name }: ClusterSettings): string {
  return `${addressText(store)} (cluster ${name})`;
}

/** An address without user and password; nothing of one that cannot be read. */
export function addressText(url: string): string {
  if (!URL.canParse(url)) return "an address that cannot be read";
  const { protocol, host, pathname, searchParams } = new URL(url);
  return `${protocol}//${host === "" ? (searchParams.get("host") ?? "localhost") : host}${pathname}`;
}

function readStated({ options, env, host }: HostSources): StatedSettings {
  const statedOf = (name: SettingName): Stated | null => {
    const variable = `MYCROFT_${name.toUpperCase()}`;
    const given = [
      [readText(options, name), optionFlag(name)],
      // A variable that is set to nothing is one that is not set.
      [env[variable]?.trim() || undefined, variable],
      [host[name], `host.${name} of the configuration`],
    ] as const;
    const rank = given.findIndex(([value]) => value !== undefined);
    const [value, where] = given[rank] ?? [];
    return value === undefined || where === undefined ? null : { value, where, rank };
  };
  return {
    store: statedOf("store"),
    queue: statedOf("queue"),
    bus: statedOf("bus"),
    cluster: statedOf("cluster"),
  };
}

function clusterOf(store: string, { queue, bus, cluster }: StatedSettings): ClusterSettings {
  for (const server of [queue, bus]) {
    if (server === null || redisForm.test(server.value)) continue;
    throw invalid(
      server,
      "is no address of a Redis; it must be like redis://USER:PASSWORD@HOST:6379/0 (rediss:// for TLS)",
    );
  }
  const name = cluster?.value ?? usualCluster;
  return { store, queue: queue?.value ?? null, bus: bus?.value ?? null, name };
}

/** What was said nearer to the command line than the store would be passed over without a word. */
function refuseWithoutPostgres(stated: StatedSettings): void {
  const storeRank = stated.store?.rank ?? settings.length;
  for (const name of ["queue", "bus", "cluster"] as const) {
    const one = stated[name];
    if (one === null || one.rank > storeRank) continue;
    const store = stated.store === null ? "no store is set" : `${stated.store.where} is no Postgres`;
    throw invalid(
      one,
      `needs a store on Postgres, and ${store}. Set --store, MYCROFT_STORE or host.store to postgres://USER:PASSWORD@HOST:5432/DATABASE, or leave it out`,
    );
  }
}

function refuseBeside(folder: string, stated: StatedSettings): void {
  for (const one of Object.values<Stated | null>(stated)) {
    if (one?.rank !== 0) continue;
    throw new MycroftError("USAGE", `--folder and ${one.where} exclude each other: leave one of them out.`, {
      details: { option: "--folder", value: folder },
    });
  }
}

function invalid({ where }: Stated, why: string): MycroftError {
  return new MycroftError("HOST_INVALID", `${where} ${why}.`, { details: { setting: where } });
}

/** @param who needs it, as the subject of a sentence. @throws {MycroftError} HOST_INVALID when runs are not on Postgres. */
export function requireCluster(place: RecordPlace, who: string): ClusterSettings {
  if (place.kind === "cluster") return place.cluster;
  throw new MycroftError(
    "HOST_INVALID",
    `${who} needs a store that several processes can work on, and runs are kept in ${place.folder}. Set --store, MYCROFT_STORE or ` +
      "host.store to postgres://USER:PASSWORD@HOST:5432/DATABASE; `npm run postgres` starts a Postgres for trials, and " +
      "`mycroft migrate-store` moves what is on record to it.",
    { details: { setting: "store" } },
  );
}

/** @throws {MycroftError} HOST_INVALID when no queue is set. */
export function requireQueue({ queue, store }: ClusterSettings): string {
  if (queue !== null) return queue;
  throw new MycroftError(
    "HOST_INVALID",
    `Runs are kept on Postgres (${addressText(store)}), and no queue is set to hand out their tasks. Set --queue, MYCROFT_QUEUE or ` +
      "host.queue to redis://USER:PASSWORD@HOST:6379/0; `npm run redis` starts a Redis for trials.",
    { details: { setting: "queue" } },
  );
}
