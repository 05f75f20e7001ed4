/** A form that takes an operator's key once; no script, nothing from elsewhere. */
export const signInPage = (fault = ''): string => `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Proviso: operators</title>
  <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
    form { width: min(26rem, 90vw); display: grid; gap: .75rem; }
    h1 { font-size: 1.25rem; margin: 0; }
    input, button { font: inherit; padding: .6rem .75rem; border-radius: .4rem; border: 1px solid GrayText; }
    button { cursor: pointer; }
    [role=alert] { color: #c22; margin: 0; }
  </style>
</head>
<body>
  <form method="post" action="/admin/sign-in">
    <h1>Queues</h1>
    <label for="key">An API key with <code>instance:operate</code></label>
    <input id="key" name="key" type="password" autocomplete="off" required autofocus>
    ${fault ? `<p role="alert">${fault}</p>` : ''}
    <button>Sign in</button>
  </form>
</body>
</html>`;
