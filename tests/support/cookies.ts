import { expect } from 'vitest';
import type { Answer } from './client.ts';

export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** As they were sent, in alphabetical order. */
  readonly attributes: readonly string[];
}

/** What an answer's `Set-Cookie` headers say. */
export function cookiesSetBy({ headers }: Answer): readonly SetCookie[] {
  return headers.getSetCookie().map(header => {
    const [pair = '', ...attributes] = header.split('; ');
    const equals = pair.indexOf('=');
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes: attributes.toSorted() };
  });
}

/** The `Cookie` header of a browser that got this answer. */
export function cookieHeader(answer: Answer): string {
  return cookiesSetBy(answer)
    .filter(({ attributes }) => !attributes.includes('Max-Age=0'))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
}

/** The same with the one cookie alone that lets a device be known again. */
export function deviceHeader(answer: Answer): string {
  const device = cookiesSetBy(answer).find(({ name }) => name.endsWith('atrium_device'));
  if (!device) throw new Error('The answer does not set the cookie of the device.');
  return `${device.name}=${device.value}`;
}

/** Checks that an answer takes both cookies away, with the attributes that they were set with. */
export function expectDropped(answer: Answer): void {
  const attributes = ['HttpOnly', 'Max-Age=0', 'Path=/', 'SameSite=Lax'];
  expect(cookiesSetBy(answer)).toEqual([
    { name: 'atrium_access', value: '', attributes },
    { name: 'atrium_refresh', value: '', attributes },
  ]);
}
