export { type CpuPlace, type HotpluggableCpu, type VcpuInfo, vcpuInfo } from "./cpu-info.ts";
export { type CpuFast, type DirtyBitmap, type JobInfo, Monitor, type NamedNode } from "./monitor.ts";
