import type { TSchema } from 'typebox';
import type { PersonalData } from '../../kernel/personal-data.ts';

/** Personal data, and what each record of an export looks like, for the documents. */
export interface ExportedData extends PersonalData {
  readonly record: TSchema;
}
