/** The Fastify application with what holds for every request: limits, headers, hosts, problems; then the routes and the pages. */
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet from "@fastify/helmet";
import fastifyRateLimit from "@fastify/rate-limit";
import { MycroftError } from "@mycroft/errors";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { hashOf } from "../access/secrets.ts";
import { problemOf, problemType } from "../problems/problem-details.ts";
import { describeApi } from "./api-document.ts";
import { checkHost } from "./check-origin.ts";
import { type RegisterOptions, registerRoutes } from "./register-routes.ts";
import { serveStaticFiles } from "./static-files.ts";

export const httpLimits = {
  /** Of a body, unless its route takes more. */
  bodyBytes: 2 * 1024 * 1024,
  headerBytes: 16 * 1024,
  /** For a request to arrive whole: who sends a byte a second is not waited for. */
  requestMs: 30_000,
  headersMs: 10_000,
  keepAliveMs: 72_000,
  connections: 4_096,
  parameterLength: 6_000,
} as const;

export interface AppOptions extends RegisterOptions {
  readonly version: string;
  readonly webFolder: string | null;
  /** Names besides the loopback's that the server goes by. */
  readonly hosts: ReadonlySet<string>;
}

const csp = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
} as const;

export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { access, version, webFolder, hosts, onError } = options;
  const app = Fastify({
    bodyLimit: httpLimits.bodyBytes,
    requestTimeout: httpLimits.requestMs,
    keepAliveTimeout: httpLimits.keepAliveMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: httpLimits.parameterLength, ignoreTrailingSlash: true },
    http: { maxHeaderSize: httpLimits.headerBytes, headersTimeout: httpLimits.headersMs },
    genReqId: () => crypto.randomUUID(),
    logger: false,
  });
  app.server.maxConnections = httpLimits.connections;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((thrown, request, reply) => {
    const { problem, unexpected } = problemOf(thrown, request);
    if (unexpected !== null) onError(unexpected);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void reply.status(problem.status).header("cache-control", "no-store").type(problemType);
    return reply.serializer(JSON.stringify).send(problem);
  });
  app.addHook("onRequest", async (request) => checkHost(request, hosts));
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: csp as never },
    referrerPolicy: { policy: "no-referrer" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
    // Plain HTTP on the loopback; whoever puts TLS before it sets this there.
    strictTransportSecurity: false,
    frameguard: { action: "deny" },
  });
  await app.register(fastifyRateLimit, {
    global: false,
    keyGenerator: (request: FastifyRequest) => whoAsks(request),
    errorResponseBuilder: (_, { after, max }) =>
      new MycroftError(
        "RATE_LIMITED",
        `There were more than ${max} such requests within a minute. Try again in ${after}.`,
        {
          retryable: true,
          details: { limit: max },
        },
      ),
  });
  app.setNotFoundHandler(async (request) => {
    const path = new URL(request.url, "http://x").pathname;
    throw new MycroftError(
      "NOT_FOUND",
      `There is nothing at ${request.method} ${path.slice(0, 300)}. /docs lists what there is.`,
    );
  });
  await describeApi(app, version);
  registerRoutes(app, options);
  await serveStaticFiles(app, webFolder, access);
  return app;
}

/** Those who present something are counted by it, others by their address. */
function whoAsks(request: FastifyRequest): string {
  const { authorization, cookie } = request.headers;
  return hashOf(authorization ?? cookie ?? request.ip);
}
