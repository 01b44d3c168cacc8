// Lint rules: strict typed TypeScript, small files and functions. Layers are checked by dependency-cruiser.

import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const svelteFiles = ['**/*.svelte', '**/*.svelte.ts'];

export default defineConfig(
  {
    ignores: [
      'node_modules',
      'dist',
      'release',
      'models',
      'assets',
      'test-fixtures',
      'test-results',
      'playwright-report',
      'bench/.cache',
      'coverage',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  svelte.configs['flat/recommended'],
  prettier,
  {
    languageOptions: {
      globals: { ...globals.node, ...globals.browser },
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.main.json', './tsconfig.tests.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 20],
      'max-depth': ['error', 5],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `void f()` and `() => f()` are used on purpose for results that do not matter.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    // Types of component props and snippets are known to svelte-check, not to the linter.
    files: ['**/*.test.ts', '**/*.svelte', 'e2e/**', 'bench/**', 'scripts/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // Plain JavaScript for tools and old Nodes; no type information.
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: svelteFiles,
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // Maps and sets of the view models are replaced whole in `$state.raw`, never changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
      'prefer-const': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
);
