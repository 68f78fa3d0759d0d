export { augeasLens } from "./augeas-lens.ts";
export { manSection } from "./man-section.ts";
export { roffText } from "./roff-text.ts";
export { sampleConf } from "./sample-conf.ts";
