export {
  type Choices,
  type CpuModelCapability,
  type DomainCapabilities,
  formatDomainCapabilities,
  parseDomainCapabilities,
} from "./domain-capabilities.ts";
