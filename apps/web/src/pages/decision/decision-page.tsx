/** Decision. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function DecisionPage() {
  return (
    <Page title="Decision">
      <EmptyState title="Under way" />
    </Page>
  );
}
