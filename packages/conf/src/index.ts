export { type DomainDef, formatDomain, parseDomain } from "./domain/index.ts";
