import { native } from "@libvirt-ts/native";
import { expect, test } from "vitest";
import { QmpClient } from "./client.ts";
import { UnixTransport } from "./unix-transport.ts";

/** A connected pair: our transport, and the peer's bare descriptor. */
function connected() {
  const pair = native.socketpair("stream");
  if (typeof pair === "number") throw new Error(`socketpair: ${pair}`);
  const [ours, theirs] = pair;
  return { transport: UnixTransport.open(ours), theirs };
}

const say = (fd: number, line: string) => native.send(fd, [Buffer.from(`${line}\r\n`)]);

test("a command with a descriptor over a real socket", async () => {
  const { transport, theirs } = connected();
  const client = new QmpClient(transport);
  say(theirs, '{"QMP":{"version":{},"capabilities":[]}}');
  await client.greeting;
  const answer = client.command("getfd", { fdname: "x" }, { fds: [0] });
  const buffer = Buffer.alloc(256);
  const fds: number[] = [];
  const length = native.recv(theirs, buffer, 0, buffer.length, fds);
  expect(buffer.toString("utf8", 0, length)).toBe('{"execute":"getfd","arguments":{"fdname":"x"},"id":1}\n');
  expect(fds).toHaveLength(1);
  for (const fd of fds) native.close(fd);
  say(theirs, '{"return":{},"id":1}');
  expect(await answer).toEqual({});
  native.close(theirs);
  expect(await client.closed).toBeUndefined();
});

test("more than the socket takes at once arrives whole", async () => {
  const { transport, theirs } = connected();
  const client = new QmpClient(transport);
  const text = "x".repeat(2_000_000);
  const answer = client.command("human-monitor-command", { "command-line": text });
  const buffer = Buffer.alloc(1 << 20);
  let total = 0;
  while (total < text.length) {
    const received = native.recv(theirs, buffer, 0, buffer.length);
    if (received > 0) total += received;
    else await new Promise(setImmediate);
  }
  say(theirs, `{"return":"${text}","id":1}`);
  client.close();
  await expect(answer).rejects.toThrow("End of file");
  native.close(theirs);
});

test("nobody there", () => {
  expect(() => UnixTransport.open("/nonexistent/monitor.sock")).toThrow(
    "failed to connect to monitor socket: No such file or directory",
  );
});
