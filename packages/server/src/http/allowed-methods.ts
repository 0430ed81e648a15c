/** Which methods an address of the API takes, for whoever comes with another one. */
import { apiRoutes, type RouteName, type RouteSpec } from "@mycroft/protocol";

interface Address {
  readonly form: RegExp;
  readonly method: string;
}

const addresses: readonly Address[] = (Object.keys(apiRoutes) as RouteName[]).map((name) => {
  const { path, method }: RouteSpec = apiRoutes[name];
  return { form: new RegExp(`^${path.replaceAll(/:[a-zA-Z]+/gu, "[^/]+")}/?$`, "u"), method };
});

/** None for an address that the API does not have. @param path without its query. */
export function allowedMethods(path: string): readonly string[] {
  const methods = addresses.filter(({ form }) => form.test(path)).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))].sort();
}
