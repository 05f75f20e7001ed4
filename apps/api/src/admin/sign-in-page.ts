import { htmlPage } from '../html-page.ts';

/** A form that takes an operator's key once. */
export const signInPage = (fault = ''): string =>
  htmlPage(
    'sign in',
    `  <form method="post" action="/admin/sign-in">
    <h1>Operators</h1>
    <label for="key">An API key with <code>instance:operate</code></label>
    <input id="key" name="key" type="password" autocomplete="off" required autofocus>
    ${fault ? `<p role="alert">${fault}</p>` : ''}
    <button>Sign in</button>
  </form>`,
  );
