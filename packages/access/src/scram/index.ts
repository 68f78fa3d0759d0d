export { ScramError } from "./attributes.ts";
export { type Credentials, ScramClient } from "./client.ts";
export { type FindVerifier, ScramServer, type ServerStep } from "./server.ts";
export { makeVerifier, mechanism, type Verifier } from "./verifier.ts";
