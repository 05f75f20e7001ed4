/** An HTML page without scripts or external resources. */
export const htmlPage = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Proviso: ${title}</title>
  <style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
    main { width: min(36rem, 90vw); }
    form { display: grid; gap: .75rem; }
    h1 { font-size: 1.25rem; margin: 0 0 .75rem; }
    h2 { font-size: 1rem; margin: 1.5rem 0 0; }
    input, button { font: inherit; padding: .6rem .75rem; border-radius: .4rem; border: 1px solid GrayText; }
    button { cursor: pointer; }
    pre { overflow-x: auto; padding: .75rem; border: 1px solid GrayText; border-radius: .4rem; }
    [role=alert] { color: #c22; margin: 0; }
  </style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>`;
