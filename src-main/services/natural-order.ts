// The order in which file managers show files: numbers by value, upper and lower case alike, folder by folder.

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const strictCollator = new Intl.Collator('en', { numeric: true, sensitivity: 'variant' });

/** Compares two `/` paths part by part; files of a folder come before its sub-folders. Total and stable. */
export function compareNaturally(a: string, b: string): number {
  const partsA = a.split('/');
  const partsB = b.split('/');
  const shared = Math.min(partsA.length, partsB.length);
  for (let index = 0; index < shared; index++) {
    const isFileA = index === partsA.length - 1;
    const isFileB = index === partsB.length - 1;
    if (isFileA !== isFileB) return isFileA ? -1 : 1;
    const order = compareNames(partsA[index] ?? '', partsB[index] ?? '');
    if (order !== 0) return order;
  }
  return partsA.length - partsB.length;
}

function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  // The composed and the decomposed spelling of a name collate alike and are still two files.
  return collator.compare(a, b) || strictCollator.compare(a, b) || (a < b ? -1 : 1);
}
