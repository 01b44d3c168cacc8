// Problems met while reading a file: all are counted, the first ones kept in words.

export interface ImportIssue {
  /** What it is about, e.g. "annotation 3812". */
  place: string;
  /** What is wrong and what was done about it. */
  message: string;
}

const MAX_KEPT = 1000;

export class IssueList {
  readonly kept: ImportIssue[] = [];
  count = 0;

  add(place: string, message: string): void {
    this.count++;
    if (this.kept.length < MAX_KEPT) this.kept.push({ place, message });
  }
}
