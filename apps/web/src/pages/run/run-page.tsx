/** Run. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function RunPage() {
  return (
    <Page title="Run">
      <EmptyState title="Under way" />
    </Page>
  );
}
