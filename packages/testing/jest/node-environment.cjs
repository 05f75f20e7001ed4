const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

// Jest compiles each module again for each test file. A script runs in any context, so each worker of Jest compiles a
// module once.
const { compileFunction } = vm;
const compiled = new Map();

vm.compileFunction = (code, params, options) => {
  const { filename, parsingContext } = options;
  if (parsingContext === undefined) return compileFunction(code, params, options);
  let known = compiled.get(filename);
  if (known?.code !== code) {
    const opening = `(function (${params.join(', ')}) {`;
    // The offset keeps source maps true.
    known = { code, script: new vm.Script(`${opening}${code}\n})`, { filename, columnOffset: -opening.length }) };
    compiled.set(filename, known);
  }
  return known.script.runInContext(parsingContext);
};

module.exports = TestEnvironment;
