/** The path that a request asks for: never its query, which may hold a secret. */
import type { FastifyRequest } from "fastify";

export function pathOf({ url }: Pick<FastifyRequest, "url">): string {
  const [path = "/"] = url.split(/[?#]/u, 1);
  return path;
}
