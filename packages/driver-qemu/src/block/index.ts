export { imageNodes } from "../device/block-nodes.ts";
export { diskLayers, type ImageLayer, type NodeNames } from "../device/image-layer.ts";
export type { StorageObjects } from "../device/storage-source.ts";
export {
  activeWriteBitmap,
  backupBitmap,
  commitBitmaps,
  type ImageChain,
  isBitmapWhole,
  mergeBitmaps,
  removeBitmap,
} from "./bitmaps.ts";
export { formatCreateProps, type NewImage, storageCreateProps } from "./create.ts";
export { type NbdkitCommand, type NbdkitOptions, nbdkitCommand } from "./nbdkit.ts";
export { type Backing, parseBacking } from "./parse-backing.ts";
export { backingString, targetProps } from "./target.ts";
