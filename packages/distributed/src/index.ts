export { type BullmqQueueOptions, openBullmqQueue } from "./bullmq-queue/bullmq-queue.ts";
export { type ExaminedRedis, examineRedisServer } from "./cluster/claim-redis.ts";
export { checkClusterName, defaultCluster } from "./cluster/cluster-name.ts";
export {
  type Cluster,
  type ClusterOptions,
  type ClusterStore,
  type ClusterStoreOptions,
  connectCluster,
  connectClusterStore,
} from "./cluster/connect-cluster.ts";
export { findIdentity } from "./cluster/store-identity.ts";
export { openPostgresStore, type PostgresStoreOptions } from "./postgres-store/open-postgres-store.ts";
export { type PostgresArchiveOptions, writePostgresArchive } from "./postgres-store/postgres-archive.ts";
export type { RetentionOutcome } from "./postgres-store/retention.ts";
export { openRedisBus, type RedisBusOptions } from "./redis-bus/redis-bus.ts";
