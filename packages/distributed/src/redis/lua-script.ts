/** A script that the server keeps: sent whole once, then by its hash, and whole again to a server that lost it. */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { replyWord } from "./redis-failure.ts";

export class LuaScript {
  readonly #source: string;
  readonly #hash: string;

  constructor(source: string) {
    this.#source = source;
    this.#hash = createHash("sha1").update(source).digest("hex");
  }

  async run(redis: Redis, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#hash, keys.length, ...keys, ...values);
    } catch (thrown) {
      if (replyWord(thrown) !== "NOSCRIPT") throw thrown;
      return redis.eval(this.#source, keys.length, ...keys, ...values);
    }
  }
}
