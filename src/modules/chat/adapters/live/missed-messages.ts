import type { MessageReader, MessageView } from '../../application/ports.ts';

/** Where a client was: the last message that it saw, and the last change, if it knows. */
export interface Resume {
  readonly after?: number | undefined;
  readonly rev?: number | undefined;
  /** Without `after`, so many of the last messages. */
  readonly history?: number | undefined;
}

/** What a client missed until the room was at `seq` and `rev`. */
export interface Missed {
  readonly seq: number;
  readonly rev: number;
  /** After the last one that it saw. */
  readonly messages: readonly MessageView[];
  /** Earlier ones that were changed. */
  readonly changes: readonly MessageView[];
  /** That there is more than is told: then `messages` are the last. */
  readonly gap: boolean;
}

/** Messages, and changes to earlier ones, that are told to who comes back; who missed more asks for the rest. */
export const MOST_MISSED = 500;

/** Bytes of texts that are told at once, as JSON writes them: less than what may wait for a client before it is taken for one that does not read. */
const MOST_TEXT = 250_000;

/** Answers that are kept while the room stays as it is: so many different places are clients of one room seldom at. */
const KEPT = 16;

/**
 * What clients of one room missed. Many come back at once, after a restart, and most of them were at the same place: they
 * are answered by the same few queries.
 */
export class MissedMessages {
  private readonly roomId: string;
  private readonly messages: MessageReader;
  private readonly kept = new Map<string, Promise<Missed>>();

  constructor(roomId: string, messages: MessageReader) {
    this.roomId = roomId;
    this.messages = messages;
  }

  /** Up to where the room was delivered, neither less nor more. */
  since(resume: Resume, at: { readonly seq: number; readonly rev: number }): Promise<Missed> {
    const key = `${resume.after} ${resume.rev} ${resume.history} ${at.rev}`;
    const known = this.kept.get(key);
    if (known) return known;
    const missed = this.read(resume, at);
    if (this.kept.size >= KEPT) this.kept.clear();
    this.kept.set(key, missed);
    missed.catch(() => {
      if (this.kept.get(key) === missed) this.kept.delete(key);
    });
    return missed;
  }

  /** Because the room is not any more as it was, or nobody came for a while. */
  forget(): void {
    this.kept.clear();
  }

  private async read(resume: Resume, at: { readonly seq: number; readonly rev: number }): Promise<Missed> {
    const { messages, changes, ...rest } = await this.readAsStored(resume, at);
    const then = (message: MessageView) => notAfter(at.rev, message);
    return { ...rest, messages: messages.map(then), changes: changes.map(then) };
  }

  private async readAsStored(
    { after, rev, history = 0 }: Resume,
    at: { readonly seq: number; readonly rev: number },
  ): Promise<Missed> {
    const last = (amount: number) =>
      amount === 0 ? [] : this.messages.before(this.roomId, at.seq + 1, amount);
    if (after === undefined)
      return { ...at, messages: lastOf(await last(history), MOST_TEXT), changes: [], gap: false };
    const isLong = at.seq - after > MOST_MISSED;
    const [messages, changes] = await Promise.all([
      isLong ? last(MOST_MISSED) : this.newerThan(after, at.seq),
      this.changesBefore(Math.min(after, at.seq), rev, at.rev),
    ]);
    const [told, toldChanges] = [
      lastOf(messages, MOST_TEXT),
      lastOf(changes.slice(0, MOST_MISSED), MOST_TEXT),
    ];
    const isLeftOut = told.length < messages.length || toldChanges.length < changes.length;
    return { ...at, messages: told, changes: toldChanges, gap: isLong || isLeftOut };
  }

  /** What was stored meanwhile, and not delivered yet, is not among them: it comes like everything else. */
  private async newerThan(after: number, upTo: number): Promise<readonly MessageView[]> {
    if (after >= upTo) return [];
    return this.messages.after(this.roomId, after, upTo - after);
  }

  private async changesBefore(
    upTo: number,
    rev: number | undefined,
    now: number,
  ): Promise<readonly MessageView[]> {
    if (upTo === 0) return [];
    const since = rev ?? (await this.messages.sentRev(this.roomId, upTo)) ?? 0;
    if (since >= now) return [];
    return this.messages.changed(this.roomId, upTo, since, MOST_MISSED + 1);
  }
}

/**
 * A message that was read a little later than where its room is said to be. A change that it already shows is still told by
 * itself; until then its number is none that a client may say that it has seen, for it has not seen all up to there.
 */
export function notAfter(rev: number, message: MessageView): MessageView {
  return message.rev > rev ? { ...message, rev } : message;
}

/** As many of the last messages as are so long together, and one at least. */
function lastOf(messages: readonly MessageView[], mostText: number): readonly MessageView[] {
  let left = mostText;
  let start = messages.length;
  while (start > 0 && left > 0) {
    start -= 1;
    left -= Buffer.byteLength(JSON.stringify(messages[start]?.text ?? ''));
  }
  return start === 0 ? messages : messages.slice(start);
}
