/** Head to head. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function ComparePage() {
  return (
    <Page title="Head to head">
      <EmptyState title="Under way" />
    </Page>
  );
}
