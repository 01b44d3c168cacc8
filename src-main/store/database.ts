// The only file that knows node:sqlite: opens one database for this process alone, runs statements and transactions,
// makes backups, and turns SQLite's error numbers into sentences. Knows no table.

import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { AppError } from '#shared/errors.ts';

export type SqlValue = string | number | null | Uint8Array;

export class Database {
  readonly file: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  constructor(file: string, connection: DatabaseSync) {
    this.file = file;
    this.#connection = connection;
  }

  /** Runs one or more statements without parameters. */
  exec(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  /** Runs one writing statement. */
  run(sql: string, ...parameters: SqlValue[]): { changes: number; lastId: number } {
    return this.#guard(() => {
      const result = this.#prepare(sql).run(...(parameters as SQLInputValue[]));
      return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
    });
  }

  /** First row; the caller states the row's shape, which SQLite cannot. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  get<Row>(sql: string, ...parameters: SqlValue[]): Row | undefined {
    return this.#guard(() => this.#prepare(sql).get(...(parameters as SQLInputValue[])) as Row | undefined);
  }

  all<Row>(sql: string, ...parameters: SqlValue[]): Row[] {
    return this.#guard(() => this.#prepare(sql).all(...(parameters as SQLInputValue[])) as Row[]);
  }

  /** Value of a pragma such as `user_version`. */
  pragma(name: string): SqlValue {
    const row = this.get<Record<string, SqlValue>>(`PRAGMA ${name}`);
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  /** All or nothing. A transaction inside a transaction joins the outer one. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) return work();
    this.exec('BEGIN IMMEDIATE');
    this.#depth = 1;
    try {
      const value = work();
      this.exec('COMMIT');
      return value;
    } catch (error) {
      // SQLite has already rolled back by itself after some errors (disk full).
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth = 0;
    }
  }

  /** Copies the whole database to `target` while it stays in use. */
  async backupTo(target: string): Promise<void> {
    await backup(this.#connection, target, { rate: 1000 });
  }

  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw explainSqliteError(error, this.file);
    }
  }
}

/**
 * Opens (or creates) a database file that no other process may use at the same time.
 *
 * Throws `project/locked`, `project/read-only`, `project/damaged` or `project/disk-full`.
 */
export function openDatabase(file: string): Database {
  let connection: DatabaseSync;
  try {
    connection = new DatabaseSync(file, { enableForeignKeyConstraints: true });
  } catch (error) {
    throw explainSqliteError(error, file);
  }
  const database = new Database(file, connection);
  try {
    // Exclusive before the first read: the lock is then held until close, and no shared-memory file is needed.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA temp_store = MEMORY');
    database.exec('BEGIN IMMEDIATE; COMMIT');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

const SQLITE_PERM = 3;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** The AppError for an error of node:sqlite; anything else is returned as it is. */
function explainSqliteError(error: unknown, file: string): unknown {
  const number = (error as { errcode?: unknown } | null)?.errcode;
  if (typeof number !== 'number') return error;
  const details = { file, sqlite: error instanceof Error ? error.message : String(error) };
  // The low byte is the kind, the rest says where it happened.
  switch (number & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new AppError(
        'project/locked',
        'This project is already open in another window or command. Close it there first, then try again.',
        { details, cause: error },
      );
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return new AppError(
        'project/read-only',
        'The project cannot be written. Make its folder writable, or choose another place for the project data.',
        { details, cause: error },
      );
    case SQLITE_IOERR:
      return new AppError(
        'project/read-only',
        'The drive with the project data reports an error. Check that it is connected and writable; unsaved work is kept.',
        { details, cause: error },
      );
    case SQLITE_FULL:
      return new AppError(
        'project/disk-full',
        'The disk is full. Free some space; unsaved work is kept and saved then.',
        {
          details,
          cause: error,
        },
      );
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new AppError('project/damaged', 'The database of this project is damaged.', {
        details,
        cause: error,
      });
    default:
      return error;
  }
}
