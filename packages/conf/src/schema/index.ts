export { declarationOf, declarations } from "./coverage.ts";
export { type SchemaName, schemaNames } from "./schemas.ts";
export { assertValid, type Finding, findProblems, schemaOf } from "./validate.ts";
