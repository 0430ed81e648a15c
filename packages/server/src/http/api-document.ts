/** The OpenAPI 3.1 document, made from the same table as the routes, and the reference that browses it: all of it from this server. */
import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import { type ErrorCode, errorCodes } from "@mycroft/errors";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { statusOf } from "../problems/status-of.ts";

const documentPath = "/api/openapi.json";
const problemMedia = "application/problem+json";

interface Answer {
  content?: Record<string, unknown>;
}
interface Operation {
  readonly responses?: Record<string, Answer>;
}
interface ApiDocument {
  readonly paths?: Record<string, Record<string, Operation>>;
}

/** Before the routes: it listens to them being registered. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Mycroft Orchestrator",
        version,
        description:
          "Everything that `mycroft` can do. Failures are problem details (RFC 9457) with stable codes. Sign in with the address that is printed when the server starts, or send an API key.",
        license: { name: "MIT", identifier: "MIT" },
      },
      components: {
        securitySchemes: {
          apiKey: { type: "http", scheme: "bearer" },
          session: {
            ...{ type: "apiKey", in: "cookie", name: "mycroft-session-8421" },
            description: "The number is the server's port.",
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (given) => withMediaTypes(jsonSchemaTransformObject(given) as ApiDocument) as never,
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: "/docs",
    staticCSP: false,
    theme: { title: "Mycroft: the API" },
    uiConfig: { layout: "BaseLayout", deepLinking: true, docExpansion: "list", validatorUrl: null },
  });
  app.get(documentPath, { schema: { hide: true } }, async () => app.swagger());
  app.get("/docs/errors", { schema: { hide: true } }, async (_, reply) => {
    void reply.type("text/html; charset=utf-8");
    return errorPage();
  });
}

/** Problems and streams have media types of their own. */
function withMediaTypes(document: ApiDocument): ApiDocument {
  for (const operations of Object.values(document.paths ?? {})) {
    for (const { responses = {} } of Object.values(operations)) {
      for (const [status, answer] of Object.entries(responses)) {
        const json = answer.content?.["application/json"];
        if (json === undefined) continue;
        if (/^[45]/.test(status) && status !== "503") answer.content = { [problemMedia]: json };
        else if (isStream(json)) answer.content = { "text/event-stream": json };
      }
    }
  }
  return document;
}

function isStream(media: unknown): boolean {
  return JSON.stringify(media).includes("Server-sent events");
}

/** What problem details link to. */
function errorPage(): string {
  const rows = (Object.keys(errorCodes) as ErrorCode[]).sort().map((code) => {
    const { meaning, retryable } = errorCodes[code];
    const again = retryable ? "The same request may succeed later." : "";
    return `<dt id="${code}"><code>${code}</code> (${statusOf[code]})</dt><dd>${escaped(meaning)} ${again}</dd>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mycroft: error codes</title></head><body><main><h1>Error codes</h1><dl>${rows.join("\n")}</dl></main></body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
