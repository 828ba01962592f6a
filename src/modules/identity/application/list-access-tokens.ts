import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requirePerson } from './personal-token.ts';
import type { AccessTokenReader, AccessTokenView } from './ports.ts';

/** Shows the personal access tokens of whoever asks, and never the tokens themselves. */
export class ListAccessTokens {
  private readonly tokens: AccessTokenReader;

  constructor(tokens: AccessTokenReader) {
    this.tokens = tokens;
  }

  async execute(query: ListQuery, by: Principal): Promise<Page<AccessTokenView>> {
    requireScope(by, 'profile');
    requirePerson(by);
    return this.tokens.list({ ...query, where: { owner: by.userId } });
  }
}
