// Brings a database to the newest layout, one numbered step after another. Knows no rows.

import { AppError } from '#shared/errors.ts';
import type { Database } from './database.ts';
import { sql as initSql } from './migrations/0001-init.ts';

/** Index + 1 is the layout version that the step produces. */
const MIGRATIONS: readonly string[] = [initSql];

const SCHEMA_VERSION = MIGRATIONS.length;

/** "CLAB": tells our databases from other SQLite files. */
const APPLICATION_ID = 0x434c4142;

/** Throws `project/newer-version`, and `project/damaged` for a database of another program. */
export function migrate(database: Database): void {
  const version = Number(database.pragma('user_version'));
  const applicationId = Number(database.pragma('application_id'));
  if (applicationId !== APPLICATION_ID && !(applicationId === 0 && version === 0 && isEmpty(database))) {
    throw new AppError(
      'project/damaged',
      `${database.file} is not a ClearLabel database. Move it away and open the folder again.`,
    );
  }
  if (version > SCHEMA_VERSION) {
    throw new AppError(
      'project/newer-version',
      'This project was written by a newer version of ClearLabel. Update ClearLabel to open it.',
      { details: { file: database.file, version, supported: SCHEMA_VERSION } },
    );
  }
  database.transaction(() => {
    for (let next = version; next < SCHEMA_VERSION; next++) database.exec(MIGRATIONS[next] ?? '');
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

function isEmpty(database: Database): boolean {
  return database.get<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema')?.n === 0;
}
