import { expect, test } from "vitest";
import { makeVerifier, ScramClient, ScramServer, type Verifier } from "./index.ts";

const text = (data: Uint8Array | null) => (data === null ? null : Buffer.from(data).toString());

/** RFC 7677, section 3. */
const example = {
  user: "user",
  password: "pencil",
  salt: Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"),
  clientNonce: "rOprNGfwEbeRWgbNEkqO",
  serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  first: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
  challenge: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  proof:
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  final: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

const verifier = makeVerifier(example.password, { salt: example.salt, iterations: 4096 });
const serverFor = (users: Record<string, Verifier>) =>
  new ScramServer(
    async (name) => users[name],
    () => example.serverNonce,
  );

test("the example of RFC 7677, from both sides", async () => {
  const server = serverFor({ user: await verifier });
  const client = new ScramClient(example, example.clientNonce);
  expect(text(client.first())).toBe(example.first);
  const challenge = await server.step(client.first());
  expect([text(challenge.data), challenge.complete]).toEqual([example.challenge, false]);
  const proof = await client.prove(challenge.data ?? new Uint8Array());
  expect(text(proof)).toBe(example.proof);
  expect(server.user).toBeUndefined();
  const final = await server.step(proof);
  expect([text(final.data), final.complete]).toEqual([example.final, true]);
  expect(server.user).toBe("user");
  client.verify(final.data ?? new Uint8Array());
});

test("a client that starts without data is asked for some, once", async () => {
  const server = serverFor({ user: await verifier });
  expect(await server.step(null)).toEqual({ data: null, complete: false });
  await expect(server.step(null)).rejects.toThrow("no data");
});

test.each([
  ["no such user", { user: "nobody", password: "pencil" }],
  ["wrong password", { user: "user", password: "pen" }],
])("%s: challenged, then refused", async (_, credentials) => {
  const server = serverFor({ user: await verifier });
  const client = new ScramClient(credentials);
  const { data } = await server.step(client.first());
  const proof = await client.prove(data ?? new Uint8Array());
  await expect(server.step(proof)).rejects.toThrow("wrong password");
  expect(server.user).toBeUndefined();
  await expect(server.step(client.first())).rejects.toThrow("over");
});

test("somebody unknown is always challenged alike", async () => {
  const salt = async () => {
    const { data } = await serverFor({}).step(new ScramClient({ user: "x", password: "" }).first());
    return /s=([^,]*)/.exec(text(data) ?? "")?.[1];
  };
  expect(await salt()).toBe(await salt());
});

test.each([
  ["", "bad first message"],
  ["n,,", "no attribute n"],
  ["n,,n=user", "no attribute r"],
  ["n,,n=user,r=", "no nonce"],
  ["p=tls-unique,,n=user,r=abc", "channel binding"],
  ["n,x,n=user,r=abc", "bad first message"],
  ["n,,n=us=2Der,r=abc", "bad name"],
  ["n,,m=ext,n=user,r=abc", "no attribute n"],
])("first message %j is refused: %s", async (message, why) => {
  await expect(serverFor({ user: await verifier }).step(Buffer.from(message))).rejects.toThrow(why);
});

const nonce = example.clientNonce + example.serverNonce;
test.each([
  ["", "no attribute c"],
  [`c=biws,r=${nonce}`, "no proof"],
  [`c=biws,r=${nonce},p=`, "bad base64"],
  [`c=biws,r=${nonce},p=AAAA`, "bad proof"],
  [`c=eSws,r=${nonce},p=AAAA`, "other exchange"],
  [`c=biws,r=${example.clientNonce},p=AAAA`, "other exchange"],
])("last message %j is refused: %s", async (message, why) => {
  const server = serverFor({ user: await verifier });
  await server.step(Buffer.from(example.first));
  await expect(server.step(Buffer.from(message))).rejects.toThrow(why);
});

test.each([
  ["its own nonce", "r=other,s=AAAA,i=4096", "other exchange"],
  ["nothing added to the nonce", `r=${example.clientNonce},s=AAAA,i=4096`, "other exchange"],
  ["few iterations", `r=${nonce},s=AAAA,i=1`, "1 iterations"],
  ["too many iterations", `r=${nonce},s=AAAA,i=1000000000`, "iterations"],
])("a client refuses a server with %s", async (_, challenge, why) => {
  const client = new ScramClient(example, example.clientNonce);
  await expect(client.prove(Buffer.from(challenge))).rejects.toThrow(why);
});

test("a client refuses a server that does not know the password", async () => {
  const client = new ScramClient(example, example.clientNonce);
  await client.prove(Buffer.from(example.challenge));
  expect(() => client.verify(Buffer.from("v=AAAA"))).toThrow("does not know");
  expect(() => client.verify(Buffer.from("e=other-error"))).toThrow("no attribute v");
});

test("names with separators, passwords outside ASCII", async () => {
  const user = "a,b=c";
  const server = new ScramServer(async (name) =>
    name === user ? makeVerifier("\u2168 caf\u00e9", { iterations: 4096 }) : undefined,
  );
  const client = new ScramClient({ user, password: "IX cafe\u0301" }); // the same after preparation
  const { data } = await server.step(client.first());
  const final = await server.step(await client.prove(data ?? new Uint8Array()));
  expect(final.complete).toBe(true);
  client.verify(final.data ?? new Uint8Array());
  expect(server.user).toBe(user);
});
