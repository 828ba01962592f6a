/**
 * Statements that index the folded words (`searchWords`) in the column `search_text` of a table: on SQLite by FTS5 over its
 * row ids (`seq`), with a tokenizer that folds nothing more and splits at the blanks between the words only; on PostgreSQL
 * by the generated column `search_vector`, which the table declares with `SEARCH_VECTOR`. Steps of schemas that were
 * released use it, so what it makes of a table does not change.
 */
export const searchIndex = {
  sqlite: (table: string): string[] => {
    const index = `${table}_search`;
    const add = `insert into ${index} (rowid, search_text) values (new.seq, new.search_text);`;
    const remove = `insert into ${index} (${index}, rowid, search_text) values ('delete', old.seq, old.search_text);`;
    return [
      `create virtual table ${index} using fts5(
        search_text, content='${table}', content_rowid='seq', tokenize='ascii', detail='none'
      )`,
      `create trigger ${index}_add after insert on ${table} begin ${add} end`,
      `create trigger ${index}_remove after delete on ${table} begin ${remove} end`,
      `create trigger ${index}_change after update of search_text on ${table} begin ${remove} ${add} end`,
    ];
  },
  postgresql: (table: string): string[] => [
    `create index ${table}_search on ${table} using gin (search_vector)`,
  ],
};

export const SEARCH_VECTOR =
  "search_vector tsvector not null generated always as (array_to_tsvector(string_to_array(search_text, ' '))) stored";
