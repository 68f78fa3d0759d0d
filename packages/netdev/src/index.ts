export {
  type BridgeNetworks,
  bringUpBridge,
  createBridge,
  deleteBridge,
  enableForwarding,
  type NewBridge,
  setBridgeIpv6,
} from "./bridge.ts";
export { type Tap, type TapCalls, type TapRequest, Taps, tapMac } from "./tap.ts";
