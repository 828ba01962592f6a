import { faker } from '@faker-js/faker';
import { tokens } from '../../composition/tokens.ts';
import { Post } from '../../modules/posts/domain/post.ts';
import { Todo } from '../../modules/todos/domain/todo.ts';
import type { DemoWorld } from './demo-world.ts';

export async function addPosts(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.postStorage);
  const makePost = () => {
    const title = faker.lorem.sentence({ min: 3, max: 8 });
    const content = faker.lorem.paragraphs({ min: 1, max: 5 });
    return new Post(world.nextId(), world.someone(), { title, content }, world.recently());
  };
  await world.fill('posts', amount, makePost, batch =>
    work.run(async ({ posts }) => {
      for (const post of batch) await posts.add(post);
    }),
  );
}

export async function addTodos(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.todoStorage);
  const makeTodo = () => {
    const content = { text: faker.hacker.phrase(), completed: faker.datatype.boolean(0.4) };
    return new Todo(world.nextId(), world.someone(), content, world.recently());
  };
  await world.fill('to-dos', amount, makeTodo, batch =>
    work.run(async ({ todos }) => {
      for (const todo of batch) await todos.add(todo);
    }),
  );
}
