/** The web application's files, and the token of the start-up address: taken off the address at once, so that it stays in no history. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "../access/access.ts";

const yearS = 31_536_000;

const withoutPages = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mycroft</title></head>
<body><h1>Mycroft</h1>
<p>The server works; the web application is not built here. In a checkout, <code>npm start</code> builds it.</p>
<p><a href="/docs">The API's reference</a></p></body></html>
`;

export async function serveStaticFiles(
  app: FastifyInstance,
  webFolder: string | null,
  access: Access,
): Promise<void> {
  const index = webFolder === null ? withoutPages : await readFile(join(webFolder, "index.html"), "utf8");
  if (webFolder !== null) {
    await app.register(fastifyStatic, {
      root: webFolder,
      index: false,
      wildcard: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = /[\\/]assets[\\/]/.test(path);
        void reply.header("cache-control", isHashed ? `public, max-age=${yearS}, immutable` : "no-cache");
      },
    });
  }
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<string | FastifyReply> => {
    const { token, ...rest } = request.query as Readonly<Record<string, unknown>>;
    if (typeof token === "string") {
      const caller = await access.signIn(token, request, reply);
      const left = new URLSearchParams(
        Object.entries(rest).flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])),
      );
      const path = new URL(request.url, "http://x").pathname;
      const query = left.size === 0 ? "" : `?${left}`;
      return reply.redirect(caller === null ? "/sign-in" : `${path}${query}`, 303);
    }
    void reply.header("cache-control", "no-cache").type("text/html; charset=utf-8");
    return index;
  };
  const limit = { config: { rateLimit: { max: 600, timeWindow: 60_000 } } };
  app.get("/", limit, page);
  app.get("/*", limit, (request, reply) => {
    const path = new URL(request.url, "http://x").pathname;
    // An address of a page has no ending; anything else that is not there is not found.
    const isPage = !path.startsWith("/api/") && !path.startsWith("/docs/") && !/\.[a-z0-9]+$/i.test(path);
    if (isPage) return page(request, reply);
    return reply.callNotFound();
  });
}
