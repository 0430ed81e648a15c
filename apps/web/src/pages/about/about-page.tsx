/** About. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function AboutPage() {
  return (
    <Page title="About">
      <EmptyState title="Under way" />
    </Page>
  );
}
