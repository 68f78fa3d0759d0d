import { frame as encodeFrame, MessageStatus, MessageType, NetError, toNetError } from "@libvirt-ts/protocol";
import type { RawClientStream, RpcClient } from "../client/index.ts";
import { connectionLost } from "../errors.ts";
import { readAddress } from "../frame.ts";
import type { RawCall, RawReply } from "./types.ts";

/** Packets on their way to a slow client at which its secondary connection stops reading. */
const maxUnsent = 4;

/** Passes a call and its descriptors on to another daemon, and its answer back. */
export function relay(peer: RpcClient, call: RawCall): Promise<RawReply> {
  const fds = call.takeFds();
  return call.row.stream === undefined ? peer.callRaw(call.frame, fds) : relayStream(peer, call, fds);
}

/** A call with a stream: its packets pass both ways until one side ends it. */
function relayStream(peer: RpcClient, call: RawCall, fds: readonly number[]): Promise<RawReply> {
  let toPeer: RawClientStream | undefined;
  let unsent = 0;
  const toClient = call.relayStream((packet, taken) => {
    if (packet === undefined || toPeer === undefined) taken();
    else toPeer.send(packet, taken);
  });
  return peer.callRaw(call.frame, fds, {
    onOpen(stream) {
      toPeer = stream;
    },
    onPacket(packet) {
      if (packet === undefined) {
        toPeer = undefined;
        toClient.send(lostPacket(call));
        return;
      }
      if (++unsent === maxUnsent) peer.hold(true);
      toClient.send(packet, () => {
        if (unsent-- === maxUnsent) peer.hold(false);
      });
    },
  });
}

function lostPacket(call: RawCall): Buffer {
  const header = { ...readAddress(call.frame), type: MessageType.STREAM, status: MessageStatus.ERROR };
  const bytes = encodeFrame(header, NetError, toNetError(connectionLost()));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
