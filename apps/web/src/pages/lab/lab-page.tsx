/** Lab. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function LabPage() {
  return (
    <Page title="Lab">
      <EmptyState title="Under way" />
    </Page>
  );
}
