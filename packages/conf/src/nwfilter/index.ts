export { formatNwfilterBinding, type NwfilterBindingDef, parseNwfilterBinding } from "./binding.ts";
export { type FilterEntry, formatNwfilter, type NwfilterDef, parseNwfilter } from "./filter.ts";
export { type FilterParameters, FilterRef } from "./filter-ref.ts";
export type { FilterProtocol } from "./protocols.ts";
export type { Condition, Matches, Rule } from "./rule.ts";
export type { MatchValue, VariableAccess } from "./values.ts";
