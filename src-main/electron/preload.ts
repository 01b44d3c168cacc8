// Runs sandboxed before the page: hands it the system dialogs and the path of a dropped folder. Data never
// passes here; it goes by fetch over the application's scheme.

import { contextBridge, ipcRenderer, webUtils } from 'electron';

contextBridge.exposeInMainWorld('clearlabelHost', {
  pickFolder: () => ipcRenderer.invoke('dialog:pick-folder'),
  pickOpenFile: () => ipcRenderer.invoke('dialog:pick-file'),
  pickSaveFile: (suggestedName: string) => ipcRenderer.invoke('dialog:pick-save-file', suggestedName),
  pathOfDroppedFile: (file: File) => webUtils.getPathForFile(file),
});
