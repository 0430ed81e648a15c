/** The web application's files, and the token of the start-up address: taken off the address at once, so that it stays in no history. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { asMycroftError } from "@mycroft/errors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Access } from "../access/access.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { RequestLimits } from "./request-limits.ts";
import { pathOf } from "./request-path.ts";

const yearS = 31_536_000;

const withoutPages = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Mycroft</title></head>
<body><h1>Mycroft</h1>
<p>The server works; the web application is not built here. In a checkout, <code>npm start</code> builds it.</p>
<p><a href="/docs">The API's reference</a></p></body></html>
`;

export interface PageOptions {
  readonly webFolder: string | null;
  readonly access: Access;
  readonly audit: AuditLog;
  readonly limits: RequestLimits;
  readonly now: () => number;
}

export async function serveStaticFiles(app: FastifyInstance, options: PageOptions): Promise<void> {
  const { webFolder } = options;
  const index = webFolder === null ? withoutPages : await readFile(join(webFolder, "index.html"), "utf8");
  if (webFolder !== null) await serveFolder(app, webFolder);
  const page = async (request: FastifyRequest, reply: FastifyReply): Promise<string | FastifyReply> => {
    const { token } = request.query as { readonly token?: unknown };
    if (typeof token === "string") return signInByAddress(token, request, reply, options);
    void reply.header("cache-control", "no-cache").type("text/html; charset=utf-8");
    return index;
  };
  app.get("/", { schema: { hide: true } }, page);
  app.get("/*", { schema: { hide: true } }, (request, reply) => {
    if (isPage(pathOf(request))) return page(request, reply);
    return reply.callNotFound();
  });
}

async function serveFolder(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    index: false,
    // One route for each file that the build has made: no path is put together from what was asked.
    wildcard: false,
    preCompressed: true,
    cacheControl: false,
    schemaHide: true,
    globIgnore: ["**/*.br", "**/*.gz"],
    setHeaders: (reply, path) => {
      const isHashed = /[\\/]assets[\\/]/.test(path);
      void reply.header("cache-control", isHashed ? `public, max-age=${yearS}, immutable` : "no-cache");
    },
  });
}

/** An address of a page has no ending; anything else that is not there is not found. */
function isPage(path: string): boolean {
  return !/^\/(?:api|docs)(?:\/|$)/u.test(path) && !/\.[a-z0-9]+$/iu.test(path);
}

/** The page's own address once more, without the token. */
async function signInByAddress(
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { access, audit, limits, now }: PageOptions,
): Promise<FastifyReply> {
  void reply.header("cache-control", "no-store");
  const path = pathOf(request);
  const query = new URLSearchParams(request.url.slice(path.length));
  query.delete("token");
  const target = query.size === 0 ? path : `${path}?${query}`;
  try {
    await limits.guardSignIn(request, reply, () => access.signIn(token, request, reply));
  } catch (thrown) {
    if (asMycroftError(thrown).code !== "UNAUTHENTICATED") throw thrown;
    return reply.redirect("/sign-in", 303);
  }
  const { name: by, role } = access.callerOf(request);
  const entry = { by, role, route: "signIn", target: `GET ${path}`, status: 303, requestId: request.id };
  await audit.add(entry, now());
  // Two slashes at its begin would name another host.
  return reply.redirect(target.replace(/^[/\\]+/u, "/"), 303);
}
