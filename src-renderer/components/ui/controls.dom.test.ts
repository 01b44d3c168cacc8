// The building blocks as keyboards and screen readers meet them.

import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { category } from '../../state/testing/fake-server.ts';
import PromptChips from '../vocabulary/PromptChips.svelte';
import Menu from './Menu.svelte';
import Segmented from './Segmented.svelte';
import Slider from './Slider.svelte';
import VirtualList from './VirtualList.svelte';

const text = (content: string) => createRawSnippet(() => ({ render: () => `<span>${content}</span>` }));

describe('Menu', () => {
  it('opens with the focus on the chosen item, moves by arrows, runs and closes', async () => {
    const run = vi.fn();
    render(Menu, {
      label: 'Sort',
      children: text('sort'),
      items: [
        { label: 'One', run: vi.fn(), isChecked: false },
        { label: 'Two', run: vi.fn(), isChecked: true },
        { label: 'Three', run, isChecked: false },
      ],
    });
    const opener = screen.getByRole('button', { name: 'Sort' });
    await fireEvent.click(opener);
    const items = screen.getAllByRole('menuitemradio');
    expect(items[1]).toBe(document.activeElement);
    await fireEvent.keyDown(items[1]!, { key: 'ArrowDown' });
    expect(items[2]).toBe(document.activeElement);
    await fireEvent.click(items[2]!);
    expect(run).toHaveBeenCalledOnce();
    expect(screen.queryByRole('menu')).toBeNull();
    expect(opener).toBe(document.activeElement);
  });

  it('closes on Escape without doing anything', async () => {
    render(Menu, { label: 'Sort', children: text('sort'), items: [{ label: 'One', run: vi.fn() }] });
    await fireEvent.click(screen.getByRole('button', { name: 'Sort' }));
    await fireEvent.keyDown(screen.getByRole('menuitem'), { key: 'Escape' });
    expect(screen.queryByRole('menu')).toBeNull();
  });
});

describe('Segmented', () => {
  it('is a radio group with a name', async () => {
    const onchange = vi.fn();
    render(Segmented, {
      label: 'Overlap',
      value: 'over',
      options: [
        { value: 'over', label: 'Over' },
        { value: 'under', label: 'Under' },
      ],
      onchange,
    });
    const group = within(screen.getByRole('radiogroup', { name: 'Overlap' }));
    expect(group.getByLabelText<HTMLInputElement>('Over').checked).toBe(true);
    await fireEvent.click(group.getByLabelText('Under'));
    expect(onchange).toHaveBeenCalledExactlyOnceWith('under');
  });
});

describe('Slider', () => {
  it('tells each step and the end of a drag', async () => {
    const steps: number[] = [];
    const onchange = vi.fn();
    render(Slider, { label: 'Threshold', value: 0, oninput: (value: number) => steps.push(value), onchange });
    const slider = screen.getByRole<HTMLInputElement>('slider', { name: 'Threshold' });
    await fireEvent.input(slider, { target: { value: '0.4' } });
    await fireEvent.change(slider, { target: { value: '0.4' } });
    expect(steps).toEqual([0.4]);
    expect(onchange).toHaveBeenCalledExactlyOnceWith(0.4);
  });
});

describe('VirtualList', () => {
  it('has rows for what is in sight only, and tells their place among all', () => {
    // jsdom lays nothing out, so there is nothing to observe.
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe(): void {}
        unobserve(): void {}
        disconnect(): void {}
      },
    );
    const items = Array.from({ length: 5000 }, (_, index) => index);
    render(VirtualList, {
      items,
      keyOf: (item: unknown) => item as number,
      rowHeightPx: 40,
      label: 'Regions',
      row: createRawSnippet((item: () => unknown) => ({ render: () => `<b>row ${String(item())}</b>` })),
    });
    const rows = screen.getAllByRole('listitem');
    expect(rows.length).toBeLessThan(30);
    expect(rows[0]?.getAttribute('aria-setsize')).toBe('5000');
  });
});

describe('PromptChips', () => {
  it('keeps the name among the words when the first synonym comes', async () => {
    const onchange = vi.fn();
    render(PromptChips, { category: category(1, 'tree'), disabled: false, onchange });
    const box = screen.getByRole('textbox', { name: 'Add a synonym of tree' });
    await fireEvent.input(box, { target: { value: 'oak | pine, oak' } });
    await fireEvent.keyDown(box, { key: 'Enter' });
    expect(onchange).toHaveBeenCalledExactlyOnceWith(['tree', 'oak', 'pine']);
  });

  it('removes a synonym', async () => {
    const onchange = vi.fn();
    render(PromptChips, {
      category: { ...category(1, 'tree'), prompts: ['tree', 'oak'] },
      disabled: false,
      onchange,
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Remove the synonym oak of tree' }));
    expect(onchange).toHaveBeenCalledExactlyOnceWith(['tree']);
  });
});
