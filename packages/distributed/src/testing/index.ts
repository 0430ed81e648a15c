/** Private servers for whoever needs some: the tests of any package, `npm run postgres`, `npm run redis`, benchmarks. */
export {
  findServer,
  installCommands,
  missingServer,
  type ServerKind,
  serverKinds,
  servers,
  whyNoServer,
} from "./find-server.ts";
export { freePort, isFreePort } from "./free-port.ts";
export { createCluster, otherUser, type UnixUser } from "./postgres-cluster.ts";
export { type PostgresServer, startPostgres, whyNoPostgres } from "./postgres-server.ts";
export { type PrivateRedis, startPrivateRedis, whyNoRedis } from "./private-redis.ts";
export { startWatched, type WatchedServer } from "./watched-server.ts";
