// Messages that come and go at the edge of the window. Errors stay until they are closed.

import { explainError } from './explain-error.ts';

export interface Toast {
  id: number;
  level: 'info' | 'success' | 'warning' | 'error';
  title: string;
  message: string;
  action: { label: string; run: () => void } | null;
}

const STAY_MS = 6000;
const MOST_SHOWN = 4;

export class Toasts {
  list: readonly Toast[] = $state.raw([]);
  #nextId = 1;

  show(toast: Omit<Toast, 'id' | 'action'> & { action?: Toast['action'] }): number {
    const id = this.#nextId++;
    const others = this.list.filter((item) => item.title !== toast.title || item.message !== toast.message);
    this.list = [...others, { action: null, ...toast, id }].slice(-MOST_SHOWN);
    if (toast.level !== 'error')
      setTimeout(() => {
        this.close(id);
      }, STAY_MS);
    return id;
  }

  info(title: string, message = ''): void {
    this.show({ level: 'info', title, message });
  }

  success(title: string, message = ''): void {
    this.show({ level: 'success', title, message });
  }

  /** Border of the interface: whatever an action threw is explained here. */
  error = (error: unknown): void => {
    const explanation = explainError(error);
    if (explanation !== null) this.show(explanation);
  };

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
