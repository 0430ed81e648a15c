/** Registers every route of the contract's table: its schemas, who may use it, its limits, and the audit of what changes something. */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { apiRoutes, problem, type Role, type RouteName, type RouteSpec, roles } from "@mycroft/protocol";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Call, Handlers } from "../routes/handlers.ts";
import { checkOrigin } from "./check-origin.ts";
import type { RequestLimits } from "./request-limits.ts";
import { pathOf } from "./request-path.ts";

export interface RegisterOptions {
  readonly handlers: Handlers;
  readonly access: Access;
  readonly audit: AuditLog;
  readonly now: () => number;
  readonly onError: (error: MycroftError) => void;
  readonly isClosing: () => boolean;
}

export function registerRoutes(app: FastifyInstance, limits: RequestLimits, options: RegisterOptions): void {
  for (const name of Object.keys(apiRoutes) as RouteName[]) register(app, name, limits, options);
}

function register(
  app: FastifyInstance,
  name: RouteName,
  limits: RequestLimits,
  { handlers, access, audit, now, onError, isClosing }: RegisterOptions,
): void {
  const route: RouteSpec = apiRoutes[name];
  const handle = handlers[name] as (call: Call<RouteName>) => Promise<unknown>;
  const changes = route.method !== "GET";
  app.withTypeProvider<ZodTypeProvider>().route({
    method: route.method,
    url: route.path,
    // Who asks for the head of a stream would wait for its end.
    exposeHeadRoute: route.streams !== true,
    ...(route.bodyBytes === undefined ? {} : { bodyLimit: route.bodyBytes }),
    schema: schemaOf(name, route),
    onRequest: async (request, reply) => {
      if (changes || route.streams === true) checkOrigin(request);
      const caller = await access.identify(request);
      await limits.count(request, reply);
      checkRole(caller, route.role);
      if (isClosing() && route.area !== "meta") throw ending(reply);
      // So that nothing is left of a stream that the server ends.
      if (route.streams === true) void reply.header("connection", "close");
    },
    handler: async (request, reply) => {
      const { params, query, body } = request;
      // The schemas of that route have checked them.
      const call = { params, query, body, caller: access.callerOf(request), request, reply } as never;
      const answer = await (name === "signIn"
        ? limits.guardSignIn(request, reply, () => handle(call))
        : handle(call));
      if (route.streams === true) return reply;
      void reply.header("cache-control", "no-store");
      if (reply.statusCode === 200 && route.creates === true) void reply.status(201);
      return reply.send(answer as never);
    },
    ...(changes &&
      name !== "replayRun" && {
        // Before the answer is out: what was told to be done is on record as done.
        onSend: async (request, reply) => {
          const { name: by, role } = access.callerOf(request);
          // Strangers must not be able to fill the log; their tries to sign in are limited, and told.
          if (role === "nobody" && name !== "signIn") return;
          const target = `${request.method} ${pathOf(request)}`;
          const entry = { by, role, route: name, target, status: reply.statusCode, requestId: request.id };
          // It is done, whatever becomes of the log; that it cannot be written is the operator's to hear of.
          await audit.add(entry, now()).catch((thrown) => onError(asMycroftError(thrown)));
        },
      }),
  });
}

function ending(reply: FastifyReply): MycroftError {
  void reply.header("retry-after", "5");
  return new MycroftError("SERVER_ENDING", "The server is ending. It may be back in a moment.", {
    retryable: true,
  });
}

/** @throws {MycroftError} UNAUTHENTICATED or FORBIDDEN. */
function checkRole(caller: Caller, needed: Role): void {
  if (roles.indexOf(caller.role) >= roles.indexOf(needed)) return;
  if (caller.role === "nobody") {
    throw new MycroftError(
      "UNAUTHENTICATED",
      "Sign in first: open the address that was printed when the server started, or send an API key as `Authorization: Bearer ...`.",
    );
  }
  throw new MycroftError(
    "FORBIDDEN",
    `${caller.name} is ${caller.role === "viewer" ? "a viewer" : "an operator"}, and this needs the role ${needed}.`,
    { details: { role: caller.role, needed } },
  );
}

function schemaOf(name: RouteName, route: RouteSpec) {
  const { params, query, body, response, summary, area, role, creates, streams } = route;
  const answers = {
    ...(streams === true || creates === true ? {} : { 200: response }),
    ...(creates === undefined ? {} : { 201: response }),
  };
  const notReady = name === "readyz" ? { 503: response } : {};
  return {
    operationId: name,
    summary,
    tags: [area],
    description: role === "nobody" ? "Open to everybody." : `Needs the role ${role}.`,
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    response: {
      ...answers,
      ...(streams === true ? { 200: z.string().meta({ description: "Server-sent events" }) } : {}),
      ...notReady,
      "4xx": problem,
      "5xx": problem,
    },
    ...(role === "nobody" ? {} : { security: [{ apiKey: [] }, { session: [] }] }),
  };
}
