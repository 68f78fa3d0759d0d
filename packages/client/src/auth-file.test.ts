import { expect, test } from "vitest";
import { groupsOf, loginOf } from "./auth-file.ts";

const text = `
# logins
[credentials-a]
authname = fred
password=se=cret
[credentials-b]
username=joe
password=x
[credentials-none]
authname=nobody
[auth-libvirt-far]
credentials=b
[auth-libvirt-empty]
credentials=none
[auth-libvirt-default]
credentials=a
`;

test.each([
  ["far", undefined, { user: "joe", password: "x" }],
  ["localhost", undefined, { user: "fred", password: "se=cret" }],
  ["localhost", "me", { user: "me", password: "se=cret" }],
  ["empty", undefined, undefined],
])("login for %s", (host, user, login) => {
  expect(loginOf(groupsOf(text), host, user)).toEqual(login);
});
