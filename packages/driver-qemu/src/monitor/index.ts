export { type CpuPlace, type HotpluggableCpu, type VcpuInfo, vcpuInfo } from "./cpu-info.ts";
export { type CpuFast, type JobInfo, Monitor } from "./monitor.ts";
