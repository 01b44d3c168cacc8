// What Electron's preload offers: dialogs of the system and paths of dropped files. Null in the browser host.

export interface HostBridge {
  pickFolder: () => Promise<string | null>;
  pickSaveFile: (name: string) => Promise<string | null>;
  pickOpenFile: () => Promise<string | null>;
  pathOfDroppedFile: (file: File) => string;
}

declare global {
  interface Window {
    clearlabelHost?: HostBridge;
  }
}

export function hostBridge(): HostBridge | null {
  return window.clearlabelHost ?? null;
}
