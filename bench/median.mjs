// @ts-check

/** @param {number[]} values @returns {number} the middle one (the upper of two) */
export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
