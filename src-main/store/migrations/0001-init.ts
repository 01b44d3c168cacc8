// First layout of the project database. A published migration is never edited: changes come as the next number.

export const sql = `
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL -- JSON
) STRICT;

CREATE TABLE category (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  color TEXT NOT NULL,
  prompts TEXT NOT NULL, -- JSON list of strings
  threshold REAL NOT NULL CHECK (threshold BETWEEN 0 AND 1),
  kind TEXT NOT NULL CHECK (kind IN ('thing', 'stuff')),
  supercategory TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE image (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE, -- relative, "/" between parts
  sort_rank INTEGER NOT NULL DEFAULT 0,
  is_probed INTEGER NOT NULL DEFAULT 0,
  width_px INTEGER NOT NULL DEFAULT 0, -- upright
  height_px INTEGER NOT NULL DEFAULT 0,
  orientation INTEGER NOT NULL DEFAULT 1,
  format TEXT NOT NULL DEFAULT '',
  bit_depth INTEGER NOT NULL DEFAULT 0,
  channels INTEGER NOT NULL DEFAULT 0,
  size_bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  state TEXT NOT NULL DEFAULT 'todo' CHECK (state IN ('todo', 'in-progress', 'done', 'done-empty', 'skipped')),
  is_missing INTEGER NOT NULL DEFAULT 0,
  problem_code TEXT,
  problem_message TEXT,
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX image_by_rank ON image (sort_rank);

CREATE TABLE region (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  category_id INTEGER NOT NULL REFERENCES category (id),
  status TEXT NOT NULL CHECK (status IN ('proposal', 'region')),
  source TEXT NOT NULL CHECK (source IN ('model', 'human', 'model-then-human', 'imported')),
  score REAL,
  origin_model TEXT,
  origin_method TEXT,
  origin_prompt TEXT,
  z_index INTEGER NOT NULL,
  area_px INTEGER NOT NULL DEFAULT 0, -- this and the box are derived from region_tile at every write
  box_x INTEGER NOT NULL DEFAULT 0,
  box_y INTEGER NOT NULL DEFAULT 0,
  box_width INTEGER NOT NULL DEFAULT 0,
  box_height INTEGER NOT NULL DEFAULT 0,
  is_crowd INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX region_by_image ON region (image_id, status);
CREATE INDEX region_by_category ON region (category_id, status);

CREATE TABLE region_tile (
  region_number INTEGER NOT NULL REFERENCES region (number) ON DELETE CASCADE,
  tile_key INTEGER NOT NULL,
  runs BLOB NOT NULL,
  area_px INTEGER NOT NULL,
  min_x INTEGER NOT NULL, -- inside the tile, 0..255
  min_y INTEGER NOT NULL,
  max_x INTEGER NOT NULL,
  max_y INTEGER NOT NULL,
  PRIMARY KEY (region_number, tile_key)
) STRICT, WITHOUT ROWID;

-- One row for each finished user action, so that a request that is sent twice is applied once.
CREATE TABLE edit (
  edit_id TEXT PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  label TEXT NOT NULL,
  created_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX edit_by_image ON edit (image_id);

-- What the user has turned down: a re-run does not offer it again.
CREATE TABLE rejected (
  region_id TEXT PRIMARY KEY,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  category_id INTEGER NOT NULL REFERENCES category (id) ON DELETE CASCADE,
  box_x INTEGER NOT NULL,
  box_y INTEGER NOT NULL,
  box_width INTEGER NOT NULL,
  box_height INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rejected_by_image ON rejected (image_id, category_id);

-- Which dense features lie on disk, and of which state of the image file.
CREATE TABLE feature (
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  model_id TEXT NOT NULL,
  method TEXT NOT NULL,
  protocol_key TEXT NOT NULL,
  source_size_bytes INTEGER NOT NULL,
  source_modified_ms REAL NOT NULL,
  PRIMARY KEY (image_id, model_id, method, protocol_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE text_feature (
  model_id TEXT NOT NULL,
  template_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  vector BLOB NOT NULL, -- float32, little-endian
  PRIMARY KEY (model_id, template_hash, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  payload TEXT NOT NULL, -- JSON
  updated_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers that an exported file uses; once given they stay.
CREATE TABLE export_id (
  kind TEXT NOT NULL CHECK (kind IN ('annotation', 'image', 'category')),
  key TEXT NOT NULL,
  id INTEGER NOT NULL CHECK (id >= 1),
  PRIMARY KEY (kind, key),
  UNIQUE (kind, id)
) STRICT, WITHOUT ROWID;
`;
