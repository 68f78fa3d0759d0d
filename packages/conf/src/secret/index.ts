export {
  formatSecret,
  parseSecret,
  type SecretDef,
  type SecretUsage,
  type SecretUsageType,
  secretUsageTypes,
} from "./secret.ts";
