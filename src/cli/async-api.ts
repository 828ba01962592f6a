import { asyncApiOf } from '../composition/serve.ts';
import { withApplication } from './with-application.ts';

/** Needs no server: the document is made of declarations. */
export async function printAsyncApi(): Promise<void> {
  const document = await withApplication(async application => asyncApiOf(application), {
    databaseUrl: 'memory:',
    redisUrl: '',
  });
  process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}
