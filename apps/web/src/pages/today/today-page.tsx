/** Today. */
import { Page } from "../../app/page.tsx";
import { EmptyState } from "../../design/empty-state.tsx";

export function TodayPage() {
  return (
    <Page title="Today">
      <EmptyState title="Under way" />
    </Page>
  );
}
