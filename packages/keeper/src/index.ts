export { type FdStore, noFdStore, type SavedFdStore } from "./fd-store.ts";
export { keeperOption } from "./keeper-option.ts";
export { keeperFdStore, managerFdStore } from "./open-fd-store.ts";
export { TableFile } from "./table-file.ts";
