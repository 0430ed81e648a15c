/** When a page breaks, the others stay: this stands in its place, with what went wrong. */
import { isRouteErrorResponse, Link, useRouteError } from "react-router";
import { ErrorNotice } from "../design/error-notice.tsx";
import { NotFoundPage } from "./not-found-page.tsx";
import { Page } from "./page.tsx";
import { paths } from "./paths.ts";

export function ErrorPage() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />;
  return (
    <Page title="This page has failed">
      <ErrorNotice
        error={wordsOf(error)}
        title="The page could not be shown"
        onRetry={() => window.location.reload()}
      />
      <p>
        <Link to={paths.today}>Go to Today</Link>
      </p>
    </Page>
  );
}

/** A part of the application that is not there any more: it was built anew while this page was open. */
function wordsOf(error: unknown): unknown {
  if (error instanceof TypeError && error.message.includes("dynamically imported module")) {
    return new Error(
      "This part of the application could not be loaded. It may have been updated: load the page again.",
    );
  }
  return error;
}
