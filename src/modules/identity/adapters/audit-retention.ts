/** Days. */
const KEPT = 400;

/** The time from which on entries of the audit log are kept. */
export function auditKept(now: Date): Date {
  return new Date(now.getTime() - KEPT * 86_400_000);
}
