// Estimates passwords for `password-strength.ts`: a task in, an answer out, one after the other, until the thread is ended.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as german from '@zxcvbn-ts/language-de';
import * as english from '@zxcvbn-ts/language-en';
import type { StrengthAnswer, StrengthTask } from './password-strength.ts';

/** Requests go first. On Linux a priority is a thread's; elsewhere it is the whole process's, which keeps its own. */
const NICENESS = 5;
if (process.platform === 'linux') setPriority(NICENESS);

const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary, ...german.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
  // The library's default of 512 ways to read digits as letters takes half a second for some passwords.
  l33tMaxSubstitutions: 2,
});

parentPort?.on('message', ({ id, password, words }: StrengthTask) => {
  const answer: StrengthAnswer = { id, guesses: undefined };
  try {
    answer.guesses = estimator.check(password, words).guessesLog10;
  } catch {
    // The answer says that there is none.
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  parentPort?.postMessage(answer);
});
