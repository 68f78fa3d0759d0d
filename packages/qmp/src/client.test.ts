import { expect, test } from "vitest";
import { QmpClient, type QmpEvent } from "./client.ts";
import type { Transport } from "./transport.ts";

const greeting =
  '{"QMP":{"version":{"qemu":{"micro":22,"minor":2,"major":7},"package":""},"capabilities":[]}}';

/** A peer that answers each request by a function of it. */
function peer(answer: (request: Record<string, unknown>) => string[]) {
  let deliver: (chunk: Uint8Array) => void = () => {};
  let end: (error: Error | undefined) => void = () => {};
  const requests: { text: string; fds: readonly number[] }[] = [];
  const transport: Transport = {
    start(onData, onEnd) {
      deliver = onData;
      end = onEnd;
    },
    send(bytes, fds) {
      const text = Buffer.from(bytes).toString().trimEnd();
      requests.push({ text, fds });
      for (const line of answer(JSON.parse(text))) deliver(Buffer.from(`${line}\r\n`));
    },
    close: (error) => end(error),
  };
  const say = (line: string) => deliver(Buffer.from(`${line}\r\n`));
  return { transport, requests, say, hangUp: () => end(undefined) };
}

test("greeting, then commands matched by id in any order", async () => {
  const { transport, say } = peer(() => []);
  const client = new QmpClient(transport);
  say(greeting);
  expect((await client.greeting).version.qemu.major).toBe(7);
  const first = client.command("a");
  const second = client.command("b");
  say('{"return":2,"id":2}');
  say('{"return":1,"id":1}');
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});

test("requests are short, descriptors travel along", async () => {
  const { transport, requests } = peer(({ id }) => [JSON.stringify({ return: {}, id })]);
  const client = new QmpClient(transport);
  await client.command("getfd", { fdname: "migrate" }, { fds: [7] });
  expect(requests).toEqual([
    { text: '{"execute":"getfd","arguments":{"fdname":"migrate"},"id":1}', fds: [7] },
  ]);
});

test("a refusal carries libvirt's text and QEMU's class", async () => {
  const { transport } = peer(({ id }) => [
    JSON.stringify({ id, error: { class: "DeviceNotFound", desc: "no 'x'" } }),
  ]);
  const refused = new QmpClient(transport).command("device_del", { id: "x" });
  await expect(refused).rejects.toMatchObject({
    errorClass: "DeviceNotFound",
    message: "internal error: unable to execute QEMU command 'device_del': no 'x'",
  });
});

test("raw passes everything through under an id of ours", async () => {
  const { transport } = peer(({ id, execute }) => [
    `{"id": "${id}", "return": {"${execute}": 18446744073709551615}}`,
  ]);
  const reply = await new QmpClient(transport).raw({ execute: "nope", id: "theirs" });
  expect(reply).toBe('{"id": "libvirt-1", "return": {"nope": 18446744073709551615}}');
});

test("events come synchronously and in order, before a later answer", async () => {
  const { transport } = peer(({ id }) => [
    '{"event":"RESUME","data":{},"timestamp":{"seconds":1,"microseconds":2}}',
    '{"event":"STOP","timestamp":{"seconds":1,"microseconds":3}}',
    JSON.stringify({ return: {}, id }),
  ]);
  const client = new QmpClient(transport);
  const seen: QmpEvent[] = [];
  client.onEvent((event) => seen.push(event));
  await client.command("cont");
  expect(seen.map(({ event }) => event)).toEqual(["RESUME", "STOP"]);
});

test("end of file fails what is under way and what comes after", async () => {
  const { transport, hangUp } = peer(() => []);
  const client = new QmpClient(transport);
  const waiting = client.command("query-status");
  hangUp();
  await expect(waiting).rejects.toThrow("End of file from qemu monitor");
  await expect(client.greeting).rejects.toThrow("End of file");
  await expect(client.command("cont")).rejects.toThrow("End of file");
  expect(await client.closed).toBeUndefined();
  expect(client.isOpen).toBe(false);
});

test("a peer that talks nonsense is hung up on", async () => {
  const { transport, say } = peer(() => []);
  const client = new QmpClient(transport);
  say("qemu: could not open disk");
  expect((await client.closed)?.message).toContain("cannot parse json");
});
