import { expect, test } from 'vitest';
import { LatestWins } from './latest-wins.ts';

test('of many requests during a run only the newest is executed, and all get its answer', async () => {
  const runner = new LatestWins<number>();
  const executed: number[] = [];
  const gate = Promise.withResolvers<undefined>();
  const task = (value: number) => async () => {
    executed.push(value);
    await gate.promise;
    return value;
  };
  const answers = [1, 2, 3, 4].map((value) => runner.run('image 7', task(value)));
  const other = runner.run('image 8', task(9));
  gate.resolve(undefined);
  expect(await Promise.all(answers)).toEqual([1, 4, 4, 4]);
  expect(await other).toBe(9);
  expect(executed).toEqual([1, 9, 4]);
});

test('a failing task rejects its own caller and the next one still runs', async () => {
  const runner = new LatestWins<string>();
  const first = runner.run('k', () => Promise.reject(new Error('broken')));
  const second = runner.run('k', () => Promise.resolve('fine'));
  await expect(first).rejects.toThrow('broken');
  expect(await second).toBe('fine');
});
