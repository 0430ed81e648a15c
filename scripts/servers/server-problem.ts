/** Why a server cannot be started, in words for whoever asked for it. */
export class ServerProblem extends Error {}
