/**
 * `npm run cluster`: two orchestrators and four workers as processes of this machine, on the servers of MYCROFT_STORE and
 * MYCROFT_QUEUE or on private ones. They let the committee decide on the sample data; then it is told who did what.
 */
import { ServerProblem } from "./servers/server-problem.ts";
import { showCluster } from "./servers/show-cluster.ts";

try {
  await showCluster(process.env);
} catch (error) {
  if (!(error instanceof ServerProblem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
