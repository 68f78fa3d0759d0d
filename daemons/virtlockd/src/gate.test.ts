import { mountOf } from "@libvirt-ts/host/mounts";
import { deferred } from "@libvirt-ts/util/deferred";
import { expect, test } from "vitest";
import { Gate } from "./gate.ts";

const list = `22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:50 / /srv/nfs\\040share rw shared:1 - nfs4 server:/ rw
24 23 0:51 / /srv/nfs\\040share/below rw - tmpfs none rw
25 22 0:52 / /mnt rw - fuse.sshfs none rw
`;

test.each([
  ["/etc/passwd", "8:1", true],
  ["/srv/nfs share/a.img", "0:50", false],
  ["/srv/nfs share", "0:50", false],
  ["/srv/nfs shared/a.img", "8:1", true],
  ["/srv/nfs share/below/a.img", "0:51", true],
  ["/mnt/x", "0:52", false],
])("%s lies on %s", (path, device, isLocal) => {
  expect(mountOf(path, list)).toMatchObject({ device, isLocal });
});

const gate = (timeoutMs: number) => new Gate({ timeoutMs, mountOf: (path) => mountOf(path, list) });

test("two calls at a time to a file system of another host, all at once to others", async () => {
  const one = gate(60_000);
  const answers = [1, 2, 3].map(() => deferred<number>());
  let begun = 0;
  const results = answers.map((answer) =>
    one.run("/mnt/x", () => {
      begun += 1;
      return answer.promise;
    }),
  );
  await one.run("/srv/nfs share/a", async () => {});
  await one.run("/etc/passwd", async () => {});
  expect(begun).toBe(2);
  answers[1]?.resolve(7);
  expect(await results[1]).toBe(7);
  answers[0]?.resolve(6);
  answers[2]?.resolve(8);
  expect(await Promise.all(results)).toEqual([6, 7, 8]);
});

test("no answer: the caller hears so, what comes late is given back, and those behind get their turn", async () => {
  const one = gate(5);
  const answer = deferred<number>();
  const late: number[] = [];
  const stuck = [1, 2].map(() =>
    one.run(
      "/mnt/x",
      () => answer.promise,
      (fd) => late.push(fd),
    ),
  );
  const behind = one.run("/mnt/x", async () => 9);
  for (const each of [...stuck, behind])
    await expect(each).rejects.toMatchObject({
      code: 38,
      domain: 51,
      message: expect.stringContaining("/mnt/x"),
    });
  answer.resolve(4);
  expect(await one.run("/mnt/x", async () => 10)).toBe(10);
  expect(late).toEqual([4, 4]);
});
