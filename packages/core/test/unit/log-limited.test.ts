import { logLimited } from '@proviso/core';
import { until } from '@proviso/testing';
import { pino } from 'pino';

describe('a limited log', () => {
  it('has at most a hundred lines per second with one message, then says how many it left out', async () => {
    const lines: { msg: string; count?: number; left_out?: number }[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    for (let count = 0; count < 250; count++) logLimited(log, { count }, 'often');
    logLimited(log, { count: 1 }, 'seldom');
    const often = () => lines.filter(({ msg }) => msg === 'often');
    expect(often()).toHaveLength(100);
    expect(lines.filter(({ msg }) => msg === 'seldom')).toHaveLength(1);
    await until('the rest to be told', () => often().length === 101);
    expect(often()[100]).toMatchObject({ left_out: 150 });
    logLimited(log, { count: 251 }, 'often');
    expect(often()[101]).toMatchObject({ count: 251 });
  });

  it('says nothing more if it left nothing out', async () => {
    const lines: { msg: string }[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    logLimited(log, {}, 'once');
    for (let count = 0; count < 101; count++) logLimited(log, {}, 'often');
    await until('the rest to be told', () => lines.length === 102);
    expect(lines.filter(({ msg }) => msg === 'once')).toHaveLength(1);
  });
});
