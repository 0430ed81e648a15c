/** The addresses of the table of routes, and the methods that each takes, for whoever comes with another one. */
import { apiRoutes, type RouteName, type RouteSpec } from "@mycroft/protocol";

interface Address {
  readonly form: RegExp;
  readonly methods: readonly string[];
}

const addresses: readonly Address[] = (Object.keys(apiRoutes) as RouteName[]).map((name) => {
  const { path, method, streams }: RouteSpec = apiRoutes[name];
  const form = new RegExp(`^${path.replaceAll(/:[a-zA-Z]+/gu, "[^/]+")}/?$`, "u");
  return { form, methods: method === "GET" && streams !== true ? ["GET", "HEAD"] : [method] };
});

/** None for an address that the API does not have. @param path without its query. */
export function allowedMethods(path: string): readonly string[] {
  const methods = addresses.filter(({ form }) => form.test(path)).flatMap(({ methods }) => methods);
  return [...new Set(methods)].sort();
}

const paths: ReadonlySet<string> = new Set(Object.values(apiRoutes).map(({ path }) => path));

/** @param path as a route has it, with its parameters by name. */
export function isApiRoute(path: string | undefined): boolean {
  return path !== undefined && paths.has(path);
}
