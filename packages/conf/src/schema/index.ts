export { type SchemaName, schemaNames, schemaOfRoot } from "./schemas.ts";
export { assertValid, type Finding, findProblems } from "./validate.ts";
