import { type EventRow, frame, MessageStatus, MessageType, type Msg } from "@libvirt-ts/protocol";

/** An event encoded once for any number of clients: `for (const c of clients) c.sendRaw(eventFrame(row, msg))`. */
export function eventFrame<R extends EventRow>(row: R, msg: Msg<R>): Uint8Array {
  const { number: prog, version: vers } = row.program;
  const header = {
    prog,
    vers,
    proc: row.number,
    type: MessageType.MESSAGE,
    serial: 1,
    status: MessageStatus.OK,
  };
  return row.msg === null ? frame(header, null) : frame(header, row.msg, msg);
}
