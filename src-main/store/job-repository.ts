// Jobs that outlive a restart: what was asked and how far it is. The payload belongs to the job service.

import type { Database } from './database.ts';

export interface StoredJob {
  id: string;
  kind: string;
  state: string;
  payload: unknown;
  updatedMs: number;
}

interface JobRow {
  id: string;
  kind: string;
  state: string;
  payload: string;
  updated_ms: number;
}

export class JobRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  save(job: Omit<StoredJob, 'updatedMs'>): void {
    this.#database.run(
      'INSERT OR REPLACE INTO job (id, kind, state, payload, updated_ms) VALUES (?, ?, ?, ?, ?)',
      job.id,
      job.kind,
      job.state,
      JSON.stringify(job.payload),
      Date.now(),
    );
  }

  /** Newest first; with `state` only jobs in that state. */
  list(state?: string): StoredJob[] {
    return this.#database
      .all<JobRow>('SELECT * FROM job WHERE state LIKE ? ORDER BY updated_ms DESC', state ?? '%')
      .map((row) => ({
        id: row.id,
        kind: row.kind,
        state: row.state,
        payload: JSON.parse(row.payload) as unknown,
        updatedMs: row.updated_ms,
      }));
  }

  remove(id: string): void {
    this.#database.run('DELETE FROM job WHERE id = ?', id);
  }
}
