import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import { NotPostAuthor } from '../../src/modules/posts/domain/errors.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { BIRTH } from '../support/people.ts';

const LATER = new Date('2026-12-01T00:00:00.000Z');

describe('a post', () => {
  const aPost = () => new Post('post', 'author', { title: 'Title', content: 'Content' }, BIRTH);

  it.each([{}, { title: 'Title' }, { content: 'Content' }, { title: 'Title', content: 'Content' }])(
    'keeps no trace of the edit %j, which changes nothing',
    text => {
      const post = aPost();
      post.edit(text, LATER);
      expect({ ...post }).toEqual({ ...aPost() });
    },
  );

  it('keeps what an edit leaves out', () => {
    const post = aPost();
    post.edit({ title: 'Other' }, LATER);
    expect(post).toMatchObject({ title: 'Other', content: 'Content', createdAt: BIRTH, updatedAt: LATER });
    post.edit({ content: 'More' }, LATER);
    expect(post).toMatchObject({ title: 'Other', content: 'More' });
  });

  it('is found by the words that it has now', () => {
    const post = aPost();
    expect(post.searchText).toBe('title content');
    post.edit({ title: 'Thé' }, LATER);
    expect(post.searchText).toBe('the content');
  });

  it.each([
    [{ title: '' }, 'title'],
    [{ title: 'x'.repeat(201) }, 'title'],
    [{ content: '' }, 'content'],
    [{ content: 'x'.repeat(100_001) }, 'content'],
    [{ title: 'a\0b' }, 'title'],
    [{ content: '\ud800' }, 'content'],
  ])('cannot be made or edited to break the bounds of a field', (text, field) => {
    const whole = { title: 'Title', content: 'Content', ...text };
    expect(() => new Post('post', 'author', whole, BIRTH)).toThrow(InvalidText);
    const post = aPost();
    expect(() => post.edit(text, LATER)).toThrow(expect.objectContaining({ field }));
    expect({ ...post }).toEqual({ ...aPost() });
  });

  it('belongs to its author', () => {
    expect(() => aPost().requireAuthor('author')).not.toThrow();
    expect(() => aPost().requireAuthor('another')).toThrow(NotPostAuthor);
  });
});

describe('a to-do', () => {
  const aTodo = () => new Todo('todo', 'owner', { text: 'Text', completed: false }, BIRTH);

  it.each([{}, { text: 'Text' }, { completed: false }, { text: 'Text', completed: false }])(
    'keeps no trace of the change %j, which changes nothing',
    content => {
      const todo = aTodo();
      todo.change(content, LATER);
      expect({ ...todo }).toEqual({ ...aTodo() });
    },
  );

  it('keeps what a change leaves out', () => {
    const todo = aTodo();
    todo.change({ completed: true }, LATER);
    expect(todo).toMatchObject({ text: 'Text', completed: true, createdAt: BIRTH, updatedAt: LATER });
    todo.change({ text: 'Other' }, LATER);
    expect(todo).toMatchObject({ text: 'Other', completed: true });
    todo.change({ completed: false }, LATER);
    expect(todo).toMatchObject({ text: 'Other', completed: false });
  });

  it.each(['', 'x'.repeat(501), '\0', '\udfff'])('cannot be made or changed to say %j', text => {
    expect(() => new Todo('todo', 'owner', { text, completed: false }, BIRTH)).toThrow(InvalidText);
    const todo = aTodo();
    expect(() => todo.change({ text, completed: true }, LATER)).toThrow(InvalidText);
    expect({ ...todo }).toEqual({ ...aTodo() });
  });
});
