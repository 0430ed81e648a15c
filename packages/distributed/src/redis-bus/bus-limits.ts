/** The limits of a bus (P8), and what topics and groups are called on the server. */
export interface BusLimits {
  /** How many messages of a topic are kept: 10,000 unless given. */
  readonly keptMessages: number;
  /** About how many bytes of a topic are kept: 64 MiB unless given. */
  readonly keptBytes: number;
  /** The longest that one message's key and body may be, in bytes: 1 MiB unless given. */
  readonly maxMessageBytes: number;
  /** How often one message is delivered before it goes to the dead letters: 5 unless given. */
  readonly deliveryLimit: number;
  /** How many dead letters of a topic are kept: 1,000 unless given. */
  readonly keptDeadLetters: number;
  /** How many groups a topic may have: 1,000 unless given. */
  readonly maxGroups: number;
  /** A topic that nobody publishes to or subscribes to for so long is forgotten, with its groups: 7 days unless given. */
  readonly idleMs: number;
  /** A message in the hands of a process that is silent for so long goes to another one: 10,000 ms unless given. */
  readonly claimAfterMs: number;
}

export const defaultBusLimits: BusLimits = {
  keptMessages: 10_000,
  keptBytes: 64 * 1024 * 1024,
  maxMessageBytes: 1024 * 1024,
  deliveryLimit: 5,
  keptDeadLetters: 1_000,
  maxGroups: 1_000,
  idleMs: 7 * 86_400_000,
  claimAfterMs: 10_000,
};

export interface TopicKeys {
  /** Also the channel on which its subscribers are told of new messages. */
  readonly log: string;
  readonly dead: string;
  /** The processes that listen, each with the time until which it counts. */
  readonly heard: string;
}

/** The braces keep all keys of a topic on one node of a Redis cluster. */
export function topicKeys(prefix: string, topic: string): TopicKeys {
  const base = `${prefix}:bus:{${encodeURIComponent(topic)}}`;
  return { log: `${base}:log`, dead: `${base}:dead`, heard: `${base}:heard` };
}

/** In the order that the scripts of `group-scripts.ts` expect. */
export function groupKeys(prefix: string, topic: string, group: string): readonly string[] {
  const { log, dead } = topicKeys(prefix, topic);
  const base = `${prefix}:bus:{${encodeURIComponent(topic)}}:group:${encodeURIComponent(group)}`;
  return [log, `${base}:busy`, `${base}:ready`, `${base}:parked`, `${base}:failures`, dead];
}
