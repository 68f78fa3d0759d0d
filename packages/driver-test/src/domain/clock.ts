import { DomainControlState as State } from "@libvirt-ts/api";
import type { GuestTime, TestDomain, TestDriver } from "../test-driver.ts";

/** The time in guests that were not told another one. */
const usual: GuestTime = { seconds: 627_319_920n, nseconds: 0 };

/** What the clock of a guest shows: it stands still. */
export const timeOf = ({ times }: Pick<TestDriver, "times">, domain: TestDomain): GuestTime =>
  times.get(domain) ?? usual;

/** Times at which guests seem to be in such a state, in seconds; it began with the first of them. */
const spells: readonly (readonly [from: bigint, to: bigint, state: number])[] = [
  [1n, 10_000n, State.JOB],
  [10_000n, 30_000n, State.OCCUPIED],
  [30_000n, 60_000n, State.ERROR],
];
/** virDomainControlErrorReason has so many. */
const REASONS = 4n;

/** What a guest is busy with: its clock decides, so that clients can have any answer. */
export function controlOf(seconds: bigint): { state: number; details: number; stateTime: bigint } {
  const spell = spells.find(([from, to]) => seconds >= from && seconds < to);
  if (!spell) return { state: State.OK, details: 0, stateTime: 0n };
  const [from, , state] = spell;
  const details = state === State.ERROR ? Number(seconds % REASONS) : 0;
  return { state, details, stateTime: state === State.JOB ? seconds : seconds - from };
}
