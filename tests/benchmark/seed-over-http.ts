import { bearer, jsonRequest, send, signIn } from './api-client.ts';
import * as sample from './sample-data.ts';

/** Fills a service that keeps its data in memory, where nothing outside its process can: no large table there. */
export async function seedOverHttp(origin: string): Promise<void> {
  for (const username of [sample.READER, sample.WRITER, ...sample.AUTHORS])
    await send(origin, jsonRequest('/api/v1/auth/register', sample.account(username)));
  const authors = await Promise.all(sample.AUTHORS.map(author => signIn(origin, author)));
  for (let index = 0; index < sample.POSTS; index += 1)
    await send(
      origin,
      jsonRequest('/api/v1/posts', sample.postText(index), bearer(sample.cyclic(authors, index))),
    );
  const reader = bearer(await signIn(origin, sample.READER));
  const date = '2026-01-31';
  for (let index = 0; index < sample.OWN_TODOS; index += 1) {
    const todo = { text: sample.todoText(index), completed: index % 3 === 0 };
    await send(origin, jsonRequest('/api/v1/todos', todo, reader));
  }
  for (let index = 0; index < sample.OWN_ENTRIES; index += 1) {
    await send(origin, jsonRequest('/api/v1/tasks', sample.taskContent(index), reader));
    await send(
      origin,
      jsonRequest('/api/v1/operations', { ...sample.operationContent(index), date }, reader),
    );
  }
}
