export { type AnyCpu, candidateOfAny, modelOfAny, parseAnyCpu, readAnyCpu } from "./any-cpu.ts";
export { cpuArch } from "./arch.ts";
export { armModel } from "./arm.ts";
export { withFeatures } from "./features.ts";
export { candidateOfGuest, formatGuestCpu, guestOfModel, parseGuestCpu, readGuestCpu } from "./guest-cpu.ts";
export { modelOfGuest } from "./guest-model.ts";
export {
  candidateOfHost,
  formatHostCpu,
  HostCpu,
  hostOfModel,
  modelOfHost,
  parseHostCpu,
  readHostCpu,
} from "./host-cpu.ts";
export { ppc64Model } from "./ppc64.ts";
export type {
  BaselineOptions,
  Candidate,
  Comparison,
  CpuArch,
  CpuFeature,
  CpuModel,
  Policy,
  Signature,
  UsableModel,
} from "./types.ts";
export {
  type CpuidData,
  formatCpuid,
  parseCpuid,
  readCpuid,
  signatureNumber,
  signatureOf,
} from "./x86/cpuid.ts";
export { type DecodeOptions, decode, type X86Data } from "./x86/decode.ts";
export { type FeatureWord, readFeatureWords } from "./x86/feature-words.ts";
export { gatherCpuid, type X86Questions } from "./x86/host-data.ts";
export { type LiveFeatures, updateLive } from "./x86/live.ts";
export { type FeatureSet, type X86Feature, type X86Map, type X86Model, x86Map } from "./x86/map.ts";
export { featureOfQemu, type QemuProperty, qemuFeatureName, readQemuProperties } from "./x86/qemu.ts";
export { featuresOf } from "./x86/sets.ts";
