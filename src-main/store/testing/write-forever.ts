// Child process of the crash test: writes one edit after another and reports each one after it was stored, until it
// is killed. Arguments: database file, image id, category id.

import { writeSync } from 'node:fs';
import { openStore } from '../store.ts';
import { rectangleMask, regionRecord, wireTiles } from './masks.ts';

const [file = '', imageId = '0', categoryId = '0'] = process.argv.slice(2);
const store = openStore(file);
const image = store.images.require(Number(imageId));
for (let count = 0; ; count++) {
  const id = `region-${count}`;
  store.edits.applyEdit(image.id, {
    editId: `edit-${count}`,
    label: 'Brush stroke',
    changes: [
      {
        kind: 'put',
        record: regionRecord({ id, imageId: image.id, categoryId: Number(categoryId), zIndex: count }),
        allTiles: true,
        tiles: wireTiles(rectangleMask(image, count % 300, count % 200, 1 + (count % 100), 1 + (count % 50))),
      },
    ],
  });
  writeSync(1, `${count}\n`);
}
