import { hash } from 'node:crypto';
import { RequestError } from './problem.ts';

/** A strong ETag (RFC 9110, section 8.8.3) over all that the representation shows. */
export function etagOf(representation: string): string {
  return `"${hash('sha1', representation, 'base64url')}"`;
}

/** Whether `If-None-Match` or `If-Match` names this ETag. A `W/` that a proxy added does not matter. */
export function namesEtag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some(candidate => candidate.trim().replace(/^W\//, '') === etag);
}

/** @throws RequestError when the client's copy is not the present one */
export function requireMatch(ifMatch: string, etag: string): void {
  if (!namesEtag(ifMatch, etag))
    throw new RequestError(
      'request.precondition_failed',
      'It is not what If-Match names any more. Read it again, then repeat the change.',
    );
}
