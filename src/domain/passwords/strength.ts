import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import * as common from '@zxcvbn-ts/language-common';
import * as english from '@zxcvbn-ts/language-en';

const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
  // Its time grows with the square of the length.
  maxLength: 64,
});

/** 0 (guessed at once) to 4 (out of reach). */
export const estimateStrength = (password: string, personal: string[]): number =>
  estimator.check(password, personal.filter(Boolean)).score;
