import { QmpClient, type Transport } from "@libvirt-ts/qmp";

export interface Request {
  execute: string;
  arguments?: Record<string, unknown>;
}

/** A QEMU that answers as it is told, and what it was asked. */
export interface ScriptedMonitor {
  readonly qmp: QmpClient;
  readonly requests: Request[];
  /** A line of QEMU's own: an event. */
  say(message: object): void;
}

/** @param answer the reply to a request, without its id */
export function scriptedMonitor(answer: (request: Request) => object): ScriptedMonitor {
  const requests: Request[] = [];
  let deliver: (chunk: Uint8Array) => void = () => {};
  const say = (message: object) => deliver(Buffer.from(`${JSON.stringify(message)}\n`));
  const transport: Transport = {
    start(onData) {
      deliver = onData;
    },
    send(bytes) {
      const { id, ...request } = JSON.parse(Buffer.from(bytes).toString()) as Request & { id: unknown }; // our own words
      requests.push(request);
      queueMicrotask(() => say({ ...answer(request), id }));
    },
    close() {},
  };
  return { qmp: new QmpClient(transport), requests, say };
}
