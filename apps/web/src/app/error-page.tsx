/**
 * When a page breaks, the others stay: this stands in its place, with what went wrong. A page that could not be loaded is loaded
 * as soon as the server is back.
 */
import { useEffect, useRef } from "react";
import { isRouteErrorResponse, Link, useLocation, useRouteError } from "react-router";
import { useConnection } from "../api/use-live-updates.ts";
import { ErrorNotice } from "../design/error-notice.tsx";
import { PageNotLoaded } from "./lazy-page.ts";
import { NotFoundPage } from "./not-found-page.tsx";
import { Page } from "./page.tsx";
import { paths } from "./paths.ts";

export function ErrorPage() {
  const error = useRouteError();
  useReloadWhenBack(error instanceof PageNotLoaded ? error : null);
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />;
  return (
    <Page title="This page has failed">
      <ErrorNotice
        error={error}
        title="The page could not be shown"
        onRetry={() => window.location.reload()}
      />
      <p>
        <Link to={paths.today}>Go to Today</Link>
      </p>
    </Page>
  );
}

/** At which visit each failure was shown first. */
const firstShown = new WeakMap<PageNotLoaded, string>();

/** A script that failed to load is not asked for again by the browser's page: only a new page does. */
function useReloadWhenBack(failure: PageNotLoaded | null): void {
  const state = useConnection();
  const { key: visit } = useLocation();
  const wasLost = useRef(false);
  useEffect(() => {
    if (failure === null) return;
    if (state !== "live") wasLost.current = true;
    // Only after a loss: else what can never be loaded would be loaded for ever.
    else if (wasLost.current) window.location.reload();
  }, [failure, state]);
  useEffect(() => {
    if (failure === null) return;
    const first = firstShown.get(failure);
    if (first === undefined) firstShown.set(failure, visit);
    // Whoever comes again wants it tried again.
    else if (first !== visit) window.location.reload();
  }, [failure, visit]);
  useEffect(() => {
    if (failure === null) return;
    const reload = (): void => window.location.reload();
    window.addEventListener("online", reload);
    return () => window.removeEventListener("online", reload);
  }, [failure]);
}
