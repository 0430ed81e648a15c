/** The Fastify application with what holds for every request: limits, headers, hosts, problems; then the routes and the pages. */
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet from "@fastify/helmet";
import fastifyRateLimit from "@fastify/rate-limit";
import { MycroftError } from "@mycroft/errors";
import Fastify, { errorCodes, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { problemOf, problemType } from "../problems/problem-details.ts";
import { answerUnreadable } from "../problems/unreadable-request.ts";
import { allowedMethods, isApiRoute } from "./api-addresses.ts";
import { describeApi } from "./api-document.ts";
import { checkHost } from "./check-origin.ts";
import { type RegisterOptions, registerRoutes } from "./register-routes.ts";
import { RequestLimits } from "./request-limits.ts";
import { pathOf } from "./request-path.ts";
import { serveStaticFiles } from "./static-files.ts";

export const httpLimits = {
  /** Of a body, unless its route takes more. */
  bodyBytes: 2 * 1024 * 1024,
  headerBytes: 16 * 1024,
  /** For a request to arrive whole: who sends a byte a second is not waited for. */
  requestMs: 60_000,
  headersMs: 10_000,
  /** How often that is looked at. */
  lookMs: 5_000,
  keepAliveMs: 72_000,
  connections: 4_096,
  parameterLength: 6_000,
} as const;
export type HttpLimits = { readonly [Name in keyof typeof httpLimits]: number };
const shownPath = 300;

export interface AppOptions extends RegisterOptions {
  readonly version: string;
  readonly webFolder: string | null;
  /** Names besides the loopback's that the server goes by. */
  readonly hosts: ReadonlySet<string>;
  readonly limits: HttpLimits;
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
  const { access, version, webFolder, hosts } = options;
  const app = openApp(options);
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
  app.addHook("onRequest", async (request) => checkHost(request, hosts));
  await app.register(fastifyRateLimit, { global: false });
  const limits = new RequestLimits(app, access);
  app.addHook("onRequest", async (request, reply) => {
    // Those of the table are counted by who asks.
    if (!isApiRoute(request.routeOptions.url)) await limits.countVisit(request, reply);
  });
  app.addHook("onSend", async (_, reply) => {
    // A browser would keep the connection when it has its answer, and the server would wait for it to end.
    if (options.isClosing()) void reply.header("connection", "close");
  });
  app.setNotFoundHandler(async (request, reply) => refuseAddress(request, reply));
  await describeApi(app, version);
  registerRoutes(app, limits, options);
  await serveStaticFiles(app, { ...options, webFolder, limits });
  return app;
}

function openApp({ onError, limits }: Pick<AppOptions, "onError" | "limits">): FastifyInstance {
  const tell = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const { problem, unexpected } = problemOf(thrown, request);
    if (unexpected !== null) onError(unexpected);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void reply.status(problem.status).header("cache-control", "no-store").type(problemType);
    void reply.serializer(JSON.stringify).send(problem);
  };
  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    forceCloseConnections: "idle",
    // Routes refuse in our words what comes on connections that are still open.
    return503OnClosing: false,
    routerOptions: { maxParamLength: limits.parameterLength, ignoreTrailingSlash: true },
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.lookMs,
    },
    genReqId: () => crypto.randomUUID(),
    logger: false,
    frameworkErrors: tell,
    clientErrorHandler: answerUnreadable,
  });
  app.server.maxConnections = limits.connections;
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(tell);
  return app;
}

/** @throws {MycroftError} always: METHOD_REFUSED where another method would do, else NOT_FOUND. */
function refuseAddress(request: FastifyRequest, reply: FastifyReply): never {
  const path = pathOf(request);
  const methods = allowedMethods(path);
  const { method } = request;
  if (methods.length === 0) {
    throw new MycroftError(
      "NOT_FOUND",
      `There is nothing at ${method} ${path.slice(0, shownPath)}. /docs lists what there is.`,
    );
  }
  // The router turns away what is too long for a parameter.
  if (methods.includes(method)) throw new errorCodes.FST_ERR_MAX_PARAM_LENGTH(path);
  void reply.header("allow", methods.join(", "));
  throw new MycroftError(
    "METHOD_REFUSED",
    `${path.slice(0, shownPath)} takes ${methods.join(" and ")}, and not ${method}.`,
    { details: { methods } },
  );
}
