export { openTestBackend, type TestBackend, type TestBackendOptions } from "./open-test-backend.ts";
export { type Asking, openTestServer, type TestServer, type TestServerOptions } from "./open-test-server.ts";
export { cookiesOf, type RawAnswer, rawRequest } from "./raw-request.ts";
export { smallProject } from "./small-project.ts";
