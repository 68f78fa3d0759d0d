export { prepareDevice } from "../command/prepare.ts";
export { FdAllocator } from "../device/parts.ts";
export { partsOf } from "./device-parts.ts";
export { findDevice } from "./find.ts";
export { updatePassword } from "./graphics-password.ts";
export { placeDevice } from "./place.ts";
export { chardevBackend, plugSteps, type QmpStep, type Unplug, unplugSteps } from "./steps.ts";
