export { type DomainDef, domain, formatDomain, type GuestDescription, parseDomain } from "./domain/index.ts";
