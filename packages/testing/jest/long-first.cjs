const Sequencer = require('@jest/test-sequencer').default;

/** They take a minute or more, but their files are small: in a fresh clone Jest would start them last. */
const long = ['crash-points', 'budget', 'pipeline', 'fuzz', 'examples', 'pending-actions', 'deploy'];

/** Starts them first, so that no core waits for the last one. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isLong = ({ path }) => long.some((name) => path.endsWith(`/${name}.test.ts`));
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's
    const sorted = super.sort(tests);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
