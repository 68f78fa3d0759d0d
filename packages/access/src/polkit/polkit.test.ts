import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dbus from "@particle/dbus-next";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Answer, DBusAuthority, type Question, requireAuthorization } from "./index.ts";

const question: Question = {
  action: "org.libvirt.unix.manage",
  subject: { pid: 4711, startTime: 2n ** 40n, uid: 1000 },
  details: { domain_name: "web" },
  interactive: true,
};
const answer = (
  isAuthorized: boolean,
  isChallenge = false,
  details: Record<string, string> = {},
): Answer => ({
  isAuthorized,
  isChallenge,
  details,
});

describe("what an answer means", () => {
  const ask = (check: () => Promise<Answer>) => requireAuthorization({ check, close() {} }, question);

  test("allowed", () => expect(ask(async () => answer(true))).resolves.toBeUndefined());

  test.each<[string, Answer, number, string]>([
    ["denied", answer(false), 45, "authentication failed: access denied by policy"],
    [
      "a password is wanted, nobody to ask",
      answer(false, true),
      94,
      "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'",
    ],
    [
      "dismissed",
      answer(false, true, { "polkit.dismissed": "true" }),
      79,
      "authentication cancelled: user cancelled authentication process",
    ],
  ])("%s", async (_, given, code, message) => {
    await expect(ask(async () => given)).rejects.toMatchObject({ code, domain: 60, message });
  });

  test("nobody decides", async () => {
    const failure = ask(async () => {
      throw new Error("no bus");
    });
    await expect(failure).rejects.toMatchObject({ code: 1, domain: 60 });
  });
});

const daemon = "/usr/bin/dbus-daemon";

describe.skipIf(!existsSync(daemon))("over a bus", () => {
  const dir = mkdtempSync(join(tmpdir(), "polkit-"));
  const address = `unix:path=${dir}/bus`;
  let bus: ChildProcess;
  const start = async () => {
    writeFileSync(
      `${dir}/conf`,
      `<busconfig><listen>${address}</listen><policy context="default">
       <allow send_destination="*"/><allow own="*"/><allow eavesdrop="true"/></policy></busconfig>`,
    );
    const options = ["--config-file", `${dir}/conf`, "--nofork", "--print-address"];
    bus = spawn(daemon, options, { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => bus.stdout?.once("data", resolve));
  };
  const stop = () => {
    bus.kill();
    return new Promise((resolve) => bus.once("exit", resolve));
  };
  beforeAll(start);
  afterAll(async () => {
    await stop();
    rmSync(dir, { recursive: true });
  });

  /** A polkitd that answers what it is told to. */
  async function decide(reply: (message: dbus.Message) => unknown[]): Promise<void> {
    const peer = dbus.sessionBus({ busAddress: address });
    peer.on("error", () => {}); // the bus is stopped below us
    onTestFinished(() => peer.disconnect());
    peer.addMethodHandler((message: dbus.Message) => {
      if (message.member !== "CheckAuthorization") return false;
      peer.send(dbus.Message.newMethodReturn(message, "(bba{ss})", [reply(message)]));
      return true;
    });
    await peer.requestName("org.freedesktop.PolicyKit1");
  }

  test("the question goes out and the answer comes back; a bus that was lost is joined again", async () => {
    const seen: unknown[] = [];
    const authority = new DBusAuthority(address);
    onTestFinished(() => authority.close());
    for (let round = 0; round < 2; round++) {
      await decide((message) => {
        seen.push(message.signature, message.body);
        return [false, true, { "polkit.dismissed": "true" }];
      });
      expect(await authority.check(question)).toEqual(answer(false, true, { "polkit.dismissed": "true" }));
      if (round === 1) break;
      await stop();
      rmSync(`${dir}/bus`, { force: true });
      await start();
      await expect(authority.check(question)).rejects.toThrow();
    }
    const variant = (signature: string, value: unknown) => ({ signature, value });
    expect(seen.slice(0, 2)).toEqual([
      "(sa{sv})sa{ss}us",
      [
        [
          "unix-process",
          {
            pid: variant("u", 4711),
            "start-time": variant("t", 2n ** 40n),
            uid: variant("i", 1000),
          },
        ],
        "org.libvirt.unix.manage",
        { domain_name: "web" },
        1,
        "",
      ],
    ]);
  });

  test("nobody owns polkit's name, or there is no bus", async () => {
    for (const where of [address, `unix:path=${dir}/none`]) {
      const authority = new DBusAuthority(where);
      onTestFinished(() => authority.close());
      await expect(authority.check(question)).rejects.toThrow();
    }
  });
});
