import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import type { Answer, Authority, Question } from "./authority.ts";

/**
 * Asks and insists.
 * @throws VirError AUTH_CANCELLED, AUTH_UNAVAILABLE (no agent to ask with), AUTH_FAILED (denied), or INTERNAL_ERROR
 *   when nobody decides; domains and texts as libvirt's
 */
export async function requireAuthorization(authority: Authority, question: Question): Promise<void> {
  let answer: Answer;
  try {
    answer = await authority.check(question);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw internal(ErrorDomain.POLKIT, `polkit does not answer: ${why}`, { cause });
  }
  if (!answer.isAuthorized) throw refusal(answer, question.action);
}

function refusal({ isChallenge, details }: Answer, action: string): VirError {
  if (details["polkit.dismissed"] === "true")
    return denied(ErrorCode.AUTH_CANCELLED, "user cancelled authentication process");
  if (isChallenge) {
    const detail = `no polkit agent available to authenticate action '${action}'`;
    return denied(ErrorCode.AUTH_UNAVAILABLE, detail);
  }
  return denied(ErrorCode.AUTH_FAILED, "access denied by policy");
}

const denied = (code: ErrorCode, detail: string) => new VirError(ErrorDomain.POLKIT, code, detail);
