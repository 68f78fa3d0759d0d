export {
  type BridgeNetworks,
  bringUpBridge,
  createBridge,
  deleteBridge,
  type NewBridge,
  setBridgeIpv6,
} from "./bridge.ts";
export { enableForwarding } from "./forwarding.ts";
export { type Tap, type TapCalls, type TapRequest, Taps, tapMac } from "./tap.ts";
