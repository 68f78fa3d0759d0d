export { type BootSectorOptions, bootSector } from "./boot-sector.ts";
