/** For addresses that are no page. */
import { Link, useLocation } from "react-router";
import { EmptyState } from "../design/empty-state.tsx";
import { SafeText } from "../design/safe-text.tsx";
import { Page } from "./page.tsx";
import { paths } from "./paths.ts";

export function NotFoundPage() {
  const { pathname } = useLocation();
  return (
    <Page title="No such page">
      <EmptyState title="There is nothing at this address" action={<Link to={paths.today}>Go to Today</Link>}>
        <SafeText text={pathname} foldAt={200} />
      </EmptyState>
    </Page>
  );
}
