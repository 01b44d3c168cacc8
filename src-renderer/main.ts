// Entry of the interface: builds the view models and mounts the window.

import { mount } from 'svelte';
import App from './App.svelte';
import { AppState } from './state/app-state.svelte.ts';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
mount(App, { target, props: { app: new AppState() } });
