/** Pages as scripts of their own, loaded when somebody goes there; that one could not be loaded is an error of its own. */
import { type ComponentType, type LazyExoticComponent, lazy } from "react";

/** The server did not answer, or the application was built anew while this page was open. */
export class PageNotLoaded extends Error {
  override readonly name = "PageNotLoaded";
}

export function lazyPage(
  load: () => Promise<{ readonly default: ComponentType }>,
): LazyExoticComponent<ComponentType> {
  return lazy(() =>
    load().catch((cause: unknown) => {
      throw new PageNotLoaded(
        "This part of the application could not be loaded. The server does not answer, or the application has been updated.",
        { cause },
      );
    }),
  );
}
