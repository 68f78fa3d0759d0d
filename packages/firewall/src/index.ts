export { applyNft, listTables, type NftChange, removeNft } from "./apply-nft.ts";
export {
  deleteRule,
  findRules,
  insertedHandles,
  insertRule,
  type NftCommand,
  type NftFamily,
  type NftHandle,
  type NftRule,
  nftScript,
} from "./nft.ts";
