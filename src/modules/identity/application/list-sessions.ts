import type { Clock } from '../../../kernel/clock.ts';
import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requirePerson } from './personal-token.ts';
import type { SessionReader, SessionView } from './ports.ts';

/**
 * Shows where whoever asks is signed in: their own sessions, without those that have ended.
 *
 * - Not to a personal access token.
 */
export class ListSessions {
  private readonly sessions: SessionReader;
  private readonly clock: Clock;

  constructor(sessions: SessionReader, clock: Clock) {
    this.sessions = sessions;
    this.clock = clock;
  }

  async execute(query: ListQuery, by: Principal): Promise<Page<SessionView>> {
    requireScope(by, 'profile');
    requirePerson(by);
    const soon = new Date(this.clock.now().getTime() + 1);
    return this.sessions.list({ ...query, where: { owner: by.userId, live_at: soon } });
  }
}
