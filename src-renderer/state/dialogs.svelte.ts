// Which dialog is open; at most one at a time.

export type DialogName =
  | { name: 'export' }
  | { name: 'import' }
  | { name: 'problems' }
  | { name: 'keys' }
  | { name: 'models' }
  | { name: 'open-folder' }
  | { name: 'read-only-folder'; folder: string }
  | { name: 'delete-category'; categoryId: number };

export class DialogState {
  current: DialogName | null = $state.raw(null);

  open(dialog: DialogName): void {
    this.current = dialog;
  }

  close = (): void => {
    this.current = null;
  };
}
